import { canonical } from '../../core/canonical.ts'
import type { Catalog } from '../../core/compile-catalog.ts'
import { decide } from '../../core/decide.ts'
import type { Decision, FeatureAccess } from '../../core/decision.ts'
import type { Facts } from '../../core/facts.ts'
import type { Hold } from '../../core/hold.ts'
import type { CustomerRow } from '../../store/statements/customers.ts'

/** One transition of one feature of one customer, before it has a position. */
export interface NewChange {
  account: string
  livemode: boolean
  customer: string
  feature: string
  before: FeatureAccess
  after: FeatureAccess
  cause: string
  observations: string[]
  decided_at: number
}

export interface Verdict {
  row: CustomerRow
  decision: Decision
  changes: NewChange[]
  /** A feature that was allowed no longer is. */
  isLoss: boolean
  /** Not to be written: the breaker keeps what was decided before and looks again at this second. */
  heldBackUntil: number | null
}

export interface VerdictOptions {
  row: CustomerRow
  facts: Facts
  catalog: Catalog
  now: number
  hold: Hold | null
  cause: string
  observations: string[]
}

export const NOTHING: FeatureAccess = {
  allowed: false,
  state: 'none',
  value: null,
  until: null,
  reasons: [],
}

/** Decides one customer anew and compares with what was decided before. */
export function reachVerdict(options: VerdictOptions): Verdict {
  const { row, facts, catalog, now, hold, cause, observations } = options
  const decision = decide({ facts, customer: row.id, catalog, now, hold })
  const held = row.access as Record<string, FeatureAccess>
  const changes: NewChange[] = []
  for (const feature of new Set([...Object.keys(held), ...Object.keys(decision.features)])) {
    const before = held[feature] ?? NOTHING
    const after = decision.features[feature] ?? NOTHING
    if (isSameAccess(before, after)) continue
    changes.push({
      account: row.account,
      livemode: row.livemode,
      customer: row.id,
      feature,
      before,
      after,
      cause,
      observations,
      decided_at: now,
    })
  }
  return {
    row,
    decision,
    changes: changes.sort((a, b) => (a.feature < b.feature ? -1 : 1)),
    isLoss: changes.some(({ before, after }) => before.allowed && !after.allowed),
    heldBackUntil: null,
  }
}

/**
 * Reasons may gain evidence without a transition. A feature nobody has given yet and one that is not
 * held are the same: the first verdict of a newcomer is no change.
 */
export function isSameAccess(a: FeatureAccess, b: FeatureAccess): boolean {
  if (a.state === 'none' && b.state === 'none') return true
  return (
    a.allowed === b.allowed &&
    a.state === b.state &&
    a.until === b.until &&
    canonical(a.value) === canonical(b.value)
  )
}

/** The row as it is stored. */
export function storedRow(verdict: Verdict, catalog: Catalog, hold: Hold | null): object {
  const { row, decision, heldBackUntil } = verdict
  if (heldBackUntil !== null) {
    return { ...row, decided_at: Number(row.decided_at), wake_at: heldBackUntil }
  }
  return {
    account: row.account,
    livemode: row.livemode,
    id: row.id,
    access: decision.features,
    grants: decision.grants,
    needs: decision.needs,
    alerts: decision.alerts,
    payment_method_on_file: decision.paymentMethodOnFile,
    test_clocks: row.test_clocks,
    rules: decision.rules,
    catalog: catalog.fingerprint,
    hold,
    decided_at: decision.at,
    wake_at: decision.wakeAt,
  }
}
