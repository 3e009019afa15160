import type { Due, Dues } from '../oracle-contract.ts'
import type { Answer } from './contestant.ts'
import { answerKey } from './identities.ts'

/** One answer beside what is due, on the catalog's own terms first. */
export interface Pair {
  readonly customer: string
  readonly feature: string
  readonly due: Due
  readonly others: readonly Due[]
  readonly answer: Answer | undefined
}

const NOT_DUE: Due = { allowed: false, value: null, because: 'The ledger knows of nothing.' }

/** Everyone who is due something or is answered something. `dues`: on each of the terms. */
export function pairsOf(dues: readonly Dues[], answers: ReadonlyMap<string, Answer>): Pair[] {
  const named = new Map<string, { customer: string; feature: string }>()
  const [own = {}] = dues
  for (const [customer, features] of Object.entries(own)) {
    for (const feature of Object.keys(features)) {
      named.set(answerKey(customer, feature), { customer, feature })
    }
  }
  for (const { customer, feature, allowed } of answers.values()) {
    if (allowed) named.set(answerKey(customer, feature), { customer, feature })
  }
  return [...named].map(([key, { customer, feature }]) => {
    const [due = NOT_DUE, ...others] = dues.map((each) => each[customer]?.[feature] ?? NOT_DUE)
    return { customer, feature, due, others, answer: answers.get(key) }
  })
}

/** Right on the catalog's own terms, seats and all. */
export function isAsDue({ due, answer }: Pair): boolean {
  if (due.allowed !== isAllowed(answer)) return false
  return !due.allowed || due.value === answer?.value
}

/** May or may not be used as it is due on some terms; how many seats is not asked. */
export function isDueOnAnyTerms({ due, others, answer }: Pair): boolean {
  return [due, ...others].some(({ allowed }) => allowed === isAllowed(answer))
}

/** One customer's lot over all features. */
export interface Standing {
  readonly isDue: boolean
  readonly exact: Wrongs
  readonly lenient: Wrongs
}

export interface Wrongs {
  readonly isBlocked: boolean
  readonly isUnpaid: boolean
  readonly hasOtherValue: boolean
}

export function standingsOf(pairs: readonly Pair[]): Iterable<Standing> {
  const standings = new Map<string, Standing>()
  for (const pair of pairs) {
    const held = standings.get(pair.customer)
    const allowed = isAllowed(pair.answer)
    const isWrong = pair.due.allowed !== allowed
    const isPardoned = isDueOnAnyTerms(pair)
    standings.set(pair.customer, {
      isDue: (held?.isDue ?? false) || pair.due.allowed,
      exact: either(held?.exact, {
        isBlocked: isWrong && !allowed,
        isUnpaid: isWrong && allowed,
        hasOtherValue: !isWrong && !isAsDue(pair),
      }),
      lenient: either(held?.lenient, {
        isBlocked: !isPardoned && !allowed,
        isUnpaid: !isPardoned && allowed,
        hasOtherValue: false,
      }),
    })
  }
  return standings.values()
}

function either(a: Wrongs | undefined, b: Wrongs): Wrongs {
  if (a === undefined) return b
  return {
    isBlocked: a.isBlocked || b.isBlocked,
    isUnpaid: a.isUnpaid || b.isUnpaid,
    hasOtherValue: a.hasOtherValue || b.hasOtherValue,
  }
}

function isAllowed(answer: Answer | undefined): boolean {
  return answer?.allowed ?? false
}
