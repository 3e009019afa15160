import type { FeatureDefinition, FeatureType } from '../../core/catalog.ts'
import { ALLOWED_STATES, type Grant } from '../../core/decision.ts'
import { allowancesAt, secondOf } from '../../core/usage/allowances.ts'
import { balanceAt, usageAt } from '../../core/usage/usage-at.ts'
import { EMPTY_LEDGER, type Ledger } from '../../core/usage/ledger.ts'
import { syncLedger } from '../../core/usage/sync-ledger.ts'
import type { LedgerKey } from '../../store/statements/usage-ledgers.ts'
import type { Burn } from '../../core/usage/ledger.ts'
import type { AlertMemory } from './usage-alerts.ts'
import type { UsageStanding } from './usage-contract.ts'

/** What one customer may use of one feature at one second: the ledger in line with the verdict. */
export interface Standing extends LedgerKey {
  /** Of the ledger's row; 0n: there is none. */
  id: bigint
  type: FeatureType
  /** Event name of the Stripe meter the usage goes to. */
  meter: string | null
  ledger: Ledger
  /** Some source gives the feature now. */
  isAllowed: boolean
  /** Unix seconds: ours, or those of the customer's test clock. */
  now: number
  /** As stored: which alerts were sent. */
  alerts: unknown
  /** `usage.seq` of the last tracked usage that the ledger counts. */
  folded: bigint
  /** What alerts are judged by where usage was folded; null: none was. */
  memory: AlertMemory | null
  /** What folded uses took of credits, in the order they were recorded in. */
  spends: FoldedSpend[]
}

export interface FoldedSpend {
  id: string
  /** `usage.seq`. */
  seq: bigint
  /** Unix seconds. */
  at: number
  burned: readonly Burn[]
  over: number
}

export interface StandingOptions {
  key: LedgerKey
  id: bigint | null
  definition: FeatureDefinition
  /** As stored; null: nothing was ever used. */
  ledger: Ledger | null
  /** Of this feature, `until` applied. */
  grants: readonly Grant[]
  now: number
  alerts: unknown
  folded: bigint | null
}

export function standingOf({ key, definition, grants, now, ...stored }: StandingOptions): Standing {
  const { account, livemode, customer, feature } = key
  // A customer on a Stripe test clock uses by that clock (row 96).
  const second = secondOf(grants, now)
  const given = allowancesAt(definition, grants, second)
  return {
    id: stored.id ?? 0n,
    account,
    livemode,
    customer,
    feature,
    type: definition.type,
    meter: definition.type === 'metered' ? (definition.meter ?? null) : null,
    ledger: syncLedger(stored.ledger ?? EMPTY_LEDGER, given, second),
    isAllowed: grants.some(({ state }) => ALLOWED_STATES.has(state)),
    now: second,
    alerts: stored.alerts,
    folded: stored.folded ?? 0n,
    memory: null,
    spends: [],
  }
}

/** In the order the faces show it. */
export function shownUsage(standing: Standing, at: number): UsageStanding {
  const { used, limit, remaining, resetsAt } = usageOf(standing, at)
  return { used, limit, remaining, resetsAt }
}

/** As it counts for usage at this second. */
export function usageOf({ type, ledger }: Standing, at: number) {
  return type === 'credits' ? balanceAt(ledger, at) : usageAt(ledger, at)
}
