import type { Queryable } from '../database.ts'
import { CHANGE_COLUMNS, type ChangeRow } from './changes-feed.ts'

export const ADD_CONSUMER = `
  insert into proviso.consumers (name, position)
  select $1::text, case when $2::boolean then f.position else 0 end
  from proviso.feed f
  on conflict on constraint consumers_pkey do nothing`

/** A consumer that exists keeps its cursor. */
export async function addConsumer(
  db: Queryable,
  consumer: { name: string; startsNow: boolean },
): Promise<void> {
  await db.query(ADD_CONSUMER, [consumer.name, consumer.startsNow])
}

export interface LockedConsumer {
  /** The last change it is done with. */
  position: bigint
  /** Id of the transaction that holds the lock. */
  transaction: string
}

/** The timeout ends with the transaction: without it a statement that waits could outlive its handler. */
export const TRY_LOCK_CONSUMER = `
  select
    position,
    pg_current_xact_id()::text as transaction,
    set_config('statement_timeout', $2::text, true)
  from proviso.consumers
  where name = $1::text
  for update skip locked`

/** `undefined`: another transaction works for this consumer. */
export async function tryLockConsumer(
  tx: Queryable,
  lock: { name: string; statementTimeoutMs: number },
): Promise<LockedConsumer | undefined> {
  const { name, statementTimeoutMs } = lock
  return (await tx.query<LockedConsumer>(TRY_LOCK_CONSUMER, [name, String(statementTimeoutMs)]))
    .rows[0]
}

export const LOCK_CONSUMER = `
  select position, pg_current_xact_id()::text as transaction
  from proviso.consumers
  where name = $1::text
  for update`

/** Waits for whoever works for this consumer; `undefined`: there is no such consumer. */
export async function lockConsumer(
  tx: Queryable,
  name: string,
): Promise<LockedConsumer | undefined> {
  return (await tx.query<LockedConsumer>(LOCK_CONSUMER, [name])).rows[0]
}

export const NEXT_CHANGE = `
  select
    ${CHANGE_COLUMNS.join(', ')},
    exists (
      select from proviso.deliveries d
      where d.consumer = $1::text
        and d.account = c.account and d.livemode = c.livemode and d.customer = c.customer
        and not d.is_dead
    ) as is_behind
  from proviso.changes c
  where c.position > $2::int8
  order by c.position
  limit 1`

export interface NextChangeRow extends ChangeRow {
  /** An older change of the customer waits to be retried. */
  is_behind: boolean
}

export async function readNextChange(
  tx: Queryable,
  consumer: { name: string; position: bigint },
): Promise<NextChangeRow | undefined> {
  return (await tx.query<NextChangeRow>(NEXT_CHANGE, [consumer.name, consumer.position])).rows[0]
}

export const ADVANCE_CONSUMER = `
  update proviso.consumers
  set position = $2::int8
  where name = $1::text and position = $3::int8 and pg_current_xact_id()::text = $4::text`

/** false: this is not the transaction that took the lock, or the cursor is elsewhere. */
export async function advanceConsumer(
  tx: Queryable,
  name: string,
  move: { to: bigint; from: LockedConsumer },
): Promise<boolean> {
  const { rowCount } = await tx.query(ADVANCE_CONSUMER, [
    name,
    move.to,
    move.from.position,
    move.from.transaction,
  ])
  return rowCount === 1
}
