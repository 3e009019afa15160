import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Decision, FeatureAccess, Need } from '../../../src/core/decision.ts'
import type { Due, Dues } from '../oracle-contract.ts'

export interface Mismatch {
  /**
   * `unsafe`: allowed and not due; `blocked`: due and not allowed; `seats`: another number of them;
   * `order`: not what the same events in order give; `books`: what is stored does not follow from
   * what came; `crash`: something threw.
   */
  readonly kind: 'unsafe' | 'blocked' | 'seats' | 'order' | 'books' | 'crash'
  /** Unix seconds. */
  readonly at: number
  readonly customer: string
  readonly feature: string
  readonly expected: string
  readonly got: string
  /** Same word, same fault, as a rule: what many failures are counted by. */
  readonly signature: string
  /** What the core asks to be read. */
  readonly needs: readonly Need[]
  /** Once that was read the answer is right. */
  readonly isUndecided?: boolean
}

/** What somebody was found to have. */
export type Found = Readonly<Record<string, Pick<Decision, 'features' | 'needs'>>>

const NOTHING: Due = { allowed: false, value: null, because: 'nothing is on record' }

/** Everyone's access beside what is due to them at a second. */
export function compareWithDue(
  at: number,
  due: Dues,
  found: Found,
  { features: defined }: CatalogDefinition,
): Mismatch[] {
  const mismatches: Mismatch[] = []
  for (const customer of new Set([...Object.keys(due), ...Object.keys(found)])) {
    const owed = due[customer] ?? {}
    const { features = {}, needs = [] } = found[customer] ?? {}
    for (const feature of new Set([...Object.keys(owed), ...Object.keys(features)])) {
      const { allowed, value, because } = owed[feature] ?? NOTHING
      const access = features[feature]
      const has = access?.allowed ?? false
      const isCounted = defined[feature]?.type === 'quantity'
      const isSame = has === allowed && (!allowed || !isCounted || access?.value === value)
      if (isSame) continue
      const kind = has === allowed ? 'seats' : has ? 'unsafe' : 'blocked'
      mismatches.push({
        ...{ kind, at, customer, feature },
        expected: `${allowed ? `yes, ${String(value)}` : 'no'}: ${because}`,
        got: access === undefined ? 'no: nobody of that name' : shown(access),
        signature: `${kind} ${brief(access)}`,
        needs,
      })
    }
  }
  return mismatches
}

/** Everyone's access beside what they have when the same is told in order. */
export function compareWithOrder(at: number, inOrder: Found, found: Found): Mismatch[] {
  const mismatches: Mismatch[] = []
  for (const customer of new Set([...Object.keys(inOrder), ...Object.keys(found)])) {
    const wanted = inOrder[customer]
    const has = found[customer]
    for (const feature of Object.keys({ ...wanted?.features, ...has?.features })) {
      const [a, b] = [wanted?.features[feature], has?.features[feature]]
      if (a !== undefined && b !== undefined && bare(a) === bare(b)) continue
      mismatches.push({
        ...{ kind: 'order', at, customer, feature },
        expected: a === undefined ? 'nobody of that name' : shown(a),
        got: b === undefined ? 'nobody of that name' : shown(b),
        signature: `order ${brief(a)} / ${brief(b)}`,
        needs: has?.needs ?? [],
      })
    }
  }
  return mismatches
}

function brief(access: FeatureAccess | undefined): string {
  return `${access?.state ?? 'unknown'} ${access?.reasons[0]?.code ?? ''}`
}

/** The same mismatch, as one that what was asked for would have settled. */
export function undecided(mismatch: Mismatch): Mismatch {
  const { signature, needs } = mismatch
  const kinds = [...new Set(needs.map(({ type }) => type))].sort().join(', ')
  return { ...mismatch, isUndecided: true, signature: `${signature} (a read of ${kinds})` }
}

function bare({ allowed, state, value, until }: FeatureAccess): string {
  return JSON.stringify([allowed, state, value, until])
}

function shown({ allowed, state, value, until, reasons }: FeatureAccess): string {
  const why = reasons.map(({ code, message }) => `[${code}] ${message}`).join(' ')
  return `${allowed ? `yes, ${String(value)}` : 'no'} (${state}${until === null ? '' : ` until ${new Date(until * 1_000).toISOString()}`}): ${why}`
}
