import { applyUntil } from './apply-until.ts'
import type { FeatureAccess, Alert, Need } from '../core/decision.ts'
import type { Catalog } from '../core/compile-catalog.ts'
import type { Scope } from '../core/fact.ts'
import { emptyValue } from '../core/unite.ts'
import type { Database } from '../store/database.ts'
import {
  findCustomers,
  type CustomerKey,
  type CustomerRow,
  type FoundCustomer,
} from '../store/statements/customers.ts'
import type { Access } from './engine.ts'
import { holdAt, type OutageOptions } from './hold-setting.ts'
import { scopedKey } from './settle/keys.ts'
import { createUsageBatches } from './usage/usage-batches.ts'

export interface AccessReaderOptions {
  database: Database
  catalog: Catalog
  /** Overrides the database's clock (tests). */
  now: (() => Promise<number>) | null
  /** When a silence counts as an outage: then reads hold as well, whoever notices it first. */
  outage: OutageOptions
  /** What to do with a customer whose time has come, so that a late wake never serves anyone. */
  refresh: Refresh
}

type Refresh =
  /** Decide and store it now. */
  | { kind: 'wake'; wake: (customer: CustomerKey) => Promise<unknown> }
  /** Decide for this answer alone. */
  | {
      kind: 'decide'
      decide: (customer: string, scope: Scope) => Promise<Record<string, FeatureAccess>>
    }

/** Reads the stored verdict of one customer: one statement, `until` applied. */
export function createAccessReader(options: AccessReaderOptions) {
  const { database, catalog, now, outage, refresh } = options

  // Questions that come at once share one statement: most of a small one's time is planning.
  const asked = createUsageBatches<CustomerKey, FoundCustomer[]>({
    async apply(keys) {
      const different = new Map(keys.map((key) => [scopedKey(key, key.customer), key]))
      const rows = await findCustomers(database, [...different.values()])
      const found = new Map<string, FoundCustomer[]>()
      for (const row of rows) {
        const key = scopedKey(row, row.asked)
        found.set(key, [...(found.get(key) ?? []), row])
      }
      return keys.map((key) => ({
        ok: true,
        answer: found.get(scopedKey(key, key.customer)) ?? [],
      }))
    },
  })

  async function find(id: string, scope: Scope) {
    if (id.includes('\u0000')) return { row: null, at: await time(null), hold: null, owners: 0 }
    const rows = await asked.submit({ ...scope, customer: id })
    const own = rows.find((row) => row.id === id)
    const named = rows.filter((row) => row.id !== id)
    // A Stripe customer shared by several app customers answers only for itself (they stay apart).
    const row = named.length === 1 && !hasGrants(own) ? named[0] : own
    const clock = rows[0]?.now
    const at = await time(clock === undefined ? null : Number(clock))
    return {
      row: row ?? null,
      at,
      hold: holdAt(rows[0]?.current_hold, rows[0]?.heartbeat, at, outage),
      owners: named.length,
    }
  }

  async function time(databaseNow: number | null): Promise<number> {
    if (now !== null) return now()
    return databaseNow ?? Math.floor(Date.now() / 1000)
  }

  return async function readAccess(id: string, scope: Scope): Promise<Access> {
    let found = await find(id, scope)
    let decided: Record<string, FeatureAccess> | null = null
    const due = found.row
    if (due !== null && due.wake_at !== null && Number(due.wake_at) <= found.at) {
      if (refresh.kind === 'wake') {
        await refresh.wake({ ...scope, customer: due.id })
        found = await find(id, scope)
      } else {
        decided = await refresh.decide(due.id, scope)
      }
    }
    const { row, at, hold, owners } = found
    const access = decided ?? (row?.access as Record<string, FeatureAccess> | undefined)
    const features: Record<string, FeatureAccess> = Object.create(null) as Record<string, never>
    for (const [name, definition] of catalog.features) {
      // A feature may be called `constructor`: only what was stored for it counts.
      const stored = access && Object.hasOwn(access, name) ? access[name] : undefined
      features[name] =
        stored === undefined
          ? nothing(emptyValue(definition))
          : inOrder(applyUntil(stored, at, hold, emptyValue(definition)))
    }
    const alerts = [...((row?.alerts as Alert[] | undefined) ?? [])]
    if (owners > 1) alerts.push(sharedAlert(id, owners))
    return {
      customer: row?.id ?? id,
      asOf: at,
      livemode: scope.livemode,
      account: scope.account,
      features,
      paymentMethodOnFile: row?.payment_method_on_file ?? false,
      needs: (row?.needs as Need[] | undefined) ?? [],
      alerts,
    }
  }
}

/** jsonb keeps keys in an order of its own; answers keep the documented one. */
function inOrder({ allowed, state, value, until, reasons }: FeatureAccess): FeatureAccess {
  return {
    allowed,
    state,
    value,
    until,
    reasons: reasons.map(({ code, message, events, objects }) => ({
      code,
      message,
      events,
      objects,
    })),
  }
}

function hasGrants(row: CustomerRow | undefined): boolean {
  return row !== undefined && row.grants.length > 0
}

function nothing(value: FeatureAccess['value']): FeatureAccess {
  const reason = {
    code: 'no_source',
    message: 'Nothing bought or granted gives this feature.',
    events: [],
    objects: [],
  }
  return { allowed: false, state: 'none', value, until: null, reasons: [reason] }
}

function sharedAlert(id: string, owners: number): Alert {
  return {
    code: 'shared_stripe_customer',
    message: `${id} is shared by ${owners} app customers, who are kept apart: ask by the app's own customer id.`,
    objects: [id],
  }
}
