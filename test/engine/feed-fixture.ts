import type { FeatureAccess } from '../../src/core/decision.ts'
import type { Database, Queryable } from '../../src/store/database.ts'
import { appendChanges, takePositions } from '../../src/store/statements/changes.ts'
import type { Change } from '../../src/engine/engine.ts'

const denied: FeatureAccess = {
  allowed: false,
  state: 'none',
  value: false,
  until: null,
  reasons: [],
}

export type NewChange = Omit<Change, 'id' | 'position'>

export function newChange(customer: string, given: Partial<NewChange> = {}): NewChange {
  return {
    account: '',
    livemode: false,
    customer,
    feature: 'export',
    before: denied,
    after: { ...denied, allowed: true, state: 'active', value: true },
    cause: 'event',
    observations: ['evt_1'],
    decidedAt: 1_760_000_000,
    ...given,
  }
}

/** As settle does it: positions last, so that the lock on them is short. Answers the last position. */
export async function appendAll(tx: Queryable, changes: readonly NewChange[]): Promise<number> {
  const first = await takePositions(tx, changes.length)
  await appendChanges(
    tx,
    changes.map(({ decidedAt, ...change }, index) => ({
      ...change,
      decided_at: decidedAt,
      position: first + index + 1,
    })),
  )
  return first + changes.length
}

/** Commits one change per customer named, in this order; answers the last position. */
export async function append(db: Database, ...customers: string[]): Promise<number> {
  const changes = customers.map((customer) => newChange(customer))
  return db.transaction((tx) => appendAll(tx, changes))
}

/** A table of the app's own, and a handler that writes into it with the transaction it is handed. */
export async function createEffects(db: Database): Promise<void> {
  await db.query('create table if not exists effects (seq serial, id text, customer text)')
}

export async function writeEffect(
  tx: Queryable,
  change: { id: string; customer: string },
): Promise<void> {
  await tx.query('insert into effects (id, customer) values ($1, $2)', [change.id, change.customer])
}

export interface Effect {
  id: string
  customer: string
}

/** In the order in which they were written. */
export async function readEffects(db: Database): Promise<Effect[]> {
  return (await db.query<Effect>('select id, customer from effects order by seq')).rows
}

export async function emptyFeed(db: Database): Promise<void> {
  await createEffects(db)
  await db.query(
    'truncate effects, proviso.changes, proviso.consumers, proviso.deliveries; update proviso.feed set position = 0',
  )
}

/** Changes of one customer, by position. */
export function idsOf(customer: string, effects: readonly Effect[]): number[] {
  return effects
    .filter((effect) => effect.customer === customer)
    .map((effect) => Number(effect.id.replace('chg_', '')))
}
