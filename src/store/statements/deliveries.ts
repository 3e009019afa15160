import type { Queryable } from '../database.ts'
import { CHANGE_COLUMNS, type ChangeRow } from './changes-feed.ts'

/*
 * Of one consumer and customer only the oldest living delivery has a finite `due_at`; those behind it
 * wait at infinity. So the next one to retry is found by time alone, however many wait, and all that
 * moves them runs under the lock of the consumer's row.
 */

export interface DeliveryRow extends ChangeRow {
  attempts: number
}

export const DUE_DELIVERY = `
  select ${CHANGE_COLUMNS.join(', ')}, d.attempts
  from proviso.deliveries d
  join proviso.changes c on c.position = d.position
  where d.consumer = $1::text and not d.is_dead and d.due_at <= clock_timestamp()
  order by d.due_at, d.position
  limit 1`

export async function readDueDelivery(
  tx: Queryable,
  consumer: string,
): Promise<DeliveryRow | undefined> {
  return (await tx.query<DeliveryRow>(DUE_DELIVERY, [consumer])).rows[0]
}

export const NEXT_DUE = `
  select ceil(extract(epoch from min(due_at) - clock_timestamp()) * 1000)::float8 as wait_ms
  from proviso.deliveries
  where consumer = $1::text and not is_dead and due_at < 'infinity'`

/** Milliseconds until the next retry; null: none waits. */
export async function readNextDue(tx: Queryable, consumer: string): Promise<number | null> {
  return (await tx.query<{ wait_ms: number | null }>(NEXT_DUE, [consumer])).rows[0]?.wait_ms ?? null
}

export const PARK_DELIVERY = `
  insert into proviso.deliveries (
    consumer, position, account, livemode, customer, attempts, last_error, is_dead, due_at
  )
  select
    $1::text, c.position, c.account, c.livemode, c.customer, $3::int4, $4::text, $5::boolean,
    case
      when exists (
        select from proviso.deliveries d
        where d.consumer = $1::text
          and d.account = c.account and d.livemode = c.livemode and d.customer = c.customer
          and not d.is_dead
      ) then 'infinity'
      else clock_timestamp() + make_interval(secs => $6::float8)
    end
  from proviso.changes c
  where c.position = $2::int8
  on conflict on constraint deliveries_pkey do update set
    attempts = excluded.attempts,
    last_error = excluded.last_error,
    is_dead = excluded.is_dead,
    due_at = excluded.due_at`

export interface Parking {
  consumer: string
  position: bigint
  attempts: number
  lastError: string | null
  isDead: boolean
  /** Of no effect behind another one. */
  retrySeconds: number
}

/**
 * Puts a change aside, behind what waits for the same customer already. An operator may have set the
 * cursor back to play changes again: then what an earlier pass left is replaced.
 */
export async function parkDelivery(tx: Queryable, parking: Parking): Promise<void> {
  const { consumer, position, attempts, lastError, isDead, retrySeconds } = parking
  await tx.query(PARK_DELIVERY, [consumer, position, attempts, lastError, isDead, retrySeconds])
}

export const FAIL_DELIVERY = `
  update proviso.deliveries
  set
    attempts = attempts + 1,
    last_error = $4::text,
    is_dead = $5::boolean,
    due_at = clock_timestamp() + make_interval(secs => $6::float8)
  where consumer = $1::text and position = $2::int8 and attempts = $3::int4 and not is_dead`

/** @param failure.attempts before this one; a delivery that has moved on since is left alone. */
export async function failDelivery(tx: Queryable, failure: Parking): Promise<boolean> {
  const { consumer, position, attempts, lastError, isDead, retrySeconds } = failure
  const { rowCount } = await tx.query(FAIL_DELIVERY, [
    consumer,
    position,
    attempts,
    lastError,
    isDead,
    retrySeconds,
  ])
  return rowCount === 1
}

export const REMOVE_DELIVERY = `
  delete from proviso.deliveries
  where consumer = $1::text and position = $2::int8 and pg_current_xact_id()::text = $3::text`

/** false: this is not the transaction that took the lock, or there is no such delivery. */
export async function removeDelivery(
  tx: Queryable,
  delivery: { consumer: string; position: bigint; transaction: string },
): Promise<boolean> {
  const { consumer, position, transaction } = delivery
  return (await tx.query(REMOVE_DELIVERY, [consumer, position, transaction])).rowCount === 1
}

export const PROMOTE_DELIVERY = `
  update proviso.deliveries
  set due_at = clock_timestamp()
  where consumer = $1::text and due_at = 'infinity' and position = (
    select min(position) from proviso.deliveries
    where consumer = $1::text
      and account = $2::text and livemode = $3::boolean and customer = $4::text
      and not is_dead
  )`

/** Makes the oldest living delivery of a customer due, once what it waited for is out of the way. */
export async function promoteDelivery(
  tx: Queryable,
  consumer: string,
  owner: Pick<ChangeRow, 'account' | 'livemode' | 'customer'>,
): Promise<void> {
  await tx.query(PROMOTE_DELIVERY, [consumer, owner.account, owner.livemode, owner.customer])
}

export const REVIVE_DELIVERIES = `
  update proviso.deliveries
  set is_dead = false, attempts = 0, due_at = 'infinity'
  where consumer = $1::text and is_dead and ($2::int8 is null or position = $2::int8)`

/** Puts dead deliveries back in line, all or one, and answers how many; `alignDeliveries` must follow. */
export async function reviveDeliveries(
  tx: Queryable,
  consumer: string,
  position: number | null,
): Promise<number> {
  return (await tx.query(REVIVE_DELIVERIES, [consumer, position])).rowCount
}

export const ALIGN_DELIVERIES = `
  update proviso.deliveries d
  set due_at = case when o.is_first then clock_timestamp() else 'infinity' end
  from (
    select
      position,
      row_number() over (partition by account, livemode, customer order by position) = 1 as is_first
    from proviso.deliveries
    where consumer = $1::text and not is_dead
  ) o
  where d.consumer = $1::text
    and d.position = o.position
    and o.is_first = (d.due_at = 'infinity')`

/** Makes the oldest of each customer the one that is due, after older ones came back to life. */
export async function alignDeliveries(tx: Queryable, consumer: string): Promise<void> {
  await tx.query(ALIGN_DELIVERIES, [consumer])
}

export const DEAD_DELIVERIES = `
  select ${CHANGE_COLUMNS.join(', ')}, d.consumer, d.attempts, coalesce(d.last_error, '') as last_error
  from proviso.deliveries d
  join proviso.changes c on c.position = d.position
  where d.is_dead and ($1::text is null or d.consumer = $1::text)
  order by d.consumer, d.position
  limit $2::int4`

export interface DeadDeliveryRow extends DeliveryRow {
  consumer: string
  last_error: string
}

export async function readDeadDeliveries(
  db: Queryable,
  query: { consumer: string | null; limit: number },
): Promise<DeadDeliveryRow[]> {
  return (await db.query<DeadDeliveryRow>(DEAD_DELIVERIES, [query.consumer, query.limit])).rows
}
