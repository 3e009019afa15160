import type { Decision } from '../../../src/core/decision.ts'
import type { Due, Dues } from '../oracle-contract.ts'

/** What is compared of an answer: allowed, and how much. */
export interface Answer {
  readonly allowed: boolean
  readonly value: number | boolean | null
  /** For people. */
  readonly text: string
}

const NOTHING: Answer = { allowed: false, value: null, text: 'not allowed: unknown' }

export function answerOf(
  decisions: ReadonlyMap<string, Decision>,
  customer: string,
  feature: string,
): Answer {
  const access = decisions.get(customer)?.features[feature]
  if (access === undefined) return NOTHING
  const { allowed, state, value, until, reasons } = access
  const codes = reasons.map(({ code }) => code).join(', ')
  const shown = allowed && typeof value === 'number' ? ` ${String(value)}` : ''
  const end = until === null ? '' : ` until ${new Date(until * 1_000).toISOString()}`
  return { allowed, value, text: `${state}${shown}${end} (${codes})` }
}

export function dueOf(dues: Dues, customer: string, feature: string): Answer {
  const due: Due | undefined = dues[customer]?.[feature]
  if (due === undefined) return { ...NOTHING, text: 'nothing due' }
  const shown = due.allowed && typeof due.value === 'number' ? ` ${String(due.value)}` : ''
  return { ...due, text: `${due.allowed ? 'allowed' : 'not allowed'}${shown}: ${due.because}` }
}

export function isSame(got: Answer, due: Answer): boolean {
  if (got.allowed !== due.allowed) return false
  return !got.allowed || typeof due.value !== 'number' || got.value === due.value
}

/** Everyone either side speaks of. */
export function customersOf(decisions: ReadonlyMap<string, Decision>, dues: Dues): string[] {
  return [...new Set([...decisions.keys(), ...Object.keys(dues)])].sort()
}

/** The verdict as the due one: what stands in for the oracle where there is none. */
export function asDues(decisions: ReadonlyMap<string, Decision>): Dues {
  return Object.fromEntries(
    [...decisions].map(([customer, { features }]) => [
      customer,
      Object.fromEntries(
        Object.entries(features).map(([feature, { allowed, value, state }]) => [
          feature,
          { allowed, value, because: `as with the events in their own order: ${state}` },
        ]),
      ),
    ]),
  )
}

export function needsOf(decision: Decision | undefined): string[] {
  return (decision?.needs ?? []).map(({ type, object, reason }) => `${type} ${object}: ${reason}`)
}
