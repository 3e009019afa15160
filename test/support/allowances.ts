import type { Grant } from '../../src/core/decision.ts'
import type { AnySnapshot } from '../../src/core/fact.ts'
import { allowancesAt } from '../../src/core/usage/allowances.ts'
import { EMPTY_LEDGER, type Allowance, type Ledger } from '../../src/core/usage/ledger.ts'
import { syncLedger } from '../../src/core/usage/sync-ledger.ts'
import { take } from '../../src/core/usage/take.ts'
import { compiled } from './catalogs.ts'
import { adas, item, line } from './told.ts'

/** Plans with a limit and credits, packs of credits and a pass. */
export const METERED = compiled({
  features: {
    calls: { type: 'metered', meter: 'api_calls' },
    credits: { type: 'credits' },
    seats: { type: 'quantity' },
  },
  products: {
    small: {
      match: { prices: ['price_small'] },
      grants: { calls: { limit: 100 }, credits: { amount: 10 }, seats: 'quantity' },
    },
    large: {
      match: { prices: ['price_large', 'price_large_yearly'] },
      grants: {
        calls: { limit: 1000, overage: 'bill' },
        credits: { amount: 50, expiresAfterDays: 90 },
      },
    },
    seated: {
      match: { prices: ['price_seated'] },
      grants: { calls: { limit: 5, per: 'quantity' } },
    },
    endless: { match: { prices: ['price_endless'] }, grants: { calls: { limit: null } } },
    pack: {
      match: { prices: ['price_pack'] },
      grants: { credits: { amount: 100, per: 'quantity' } },
    },
    brief: {
      match: { prices: ['price_brief'] },
      grants: { credits: { amount: 20, expiresAfterDays: 30 } },
    },
    pass: {
      match: { prices: ['price_pass'] },
      grants: { calls: { limit: 7 }, credits: { amount: 5 } },
      duration: { days: 45 },
    },
  },
})

/** What Ada's decision of one second says of a feature. */
export function grantsOf(
  feature: string,
  snapshots: readonly AnySnapshot[],
  at: number,
  catalog = METERED,
): Grant[] {
  return adas(snapshots, { at, catalog }).grants.filter((grant) => grant.feature === feature)
}

/** What Ada is given at `now` by the verdict of `decidedAt`. */
export function givenAt(
  feature: string,
  snapshots: readonly AnySnapshot[],
  now: number,
  decidedAt = now,
  catalog = METERED,
): Allowance[] {
  const definition = catalog.features.get(feature)
  if (definition === undefined) throw new Error(`the catalog has no feature ${feature}`)
  return allowancesAt(definition, grantsOf(feature, snapshots, decidedAt, catalog), now)
}

export function synced(
  ledger: Ledger | null,
  feature: string,
  snapshots: readonly AnySnapshot[],
  now: number,
  decidedAt = now,
): Ledger {
  return syncLedger(ledger ?? EMPTY_LEDGER, givenAt(feature, snapshots, now, decidedAt), now)
}

/** The ledger after units were used; fails the test where they were refused. */
export function used(ledger: Ledger, quantity: number, at: number): Ledger {
  const taken = take(ledger, { quantity, at, mode: 'track', isAllowed: true })
  if (!taken.ok) throw new Error(`${quantity} were refused: ${taken.reason}`)
  return taken.ledger
}

/** What a consume answers, and nothing else of it. */
export function consumes(ledger: Ledger, quantity: number, at: number, isAllowed = true): boolean {
  return take(ledger, { quantity, at, mode: 'consume', isAllowed }).ok
}

/** Ids and spans of allowances. */
export function spans(allowances: readonly Allowance[]): [string, number, number | null][] {
  return allowances.map(({ id, from, until }) => [id, from, until])
}

/** An item of a price, and the line that bills it. */
export const itemOf = (price: string, fields: Parameters<typeof item>[0] = {}) =>
  item({ price, ...fields })
export const lineOf = (price: string, fields: Parameters<typeof line>[0] = {}) =>
  line({ price, ...fields })
