import { AHEAD_SECONDS, LATE_SECONDS } from '../../core/usage/ledger.ts'
import type { Queryable } from '../database.ts'

/** One tracked use. Times are Unix seconds. */
export interface NewTracked {
  account: string
  livemode: boolean
  id: string
  customer: string
  feature: string
  quantity: number
  /** null: the second it is recorded. */
  at: number | null
  meter: string | null
  /** null: to be found, where it is plain whose it is. */
  ledger: bigint | null
  /** The second it is for the customer, who is on a test clock; null: the one it is for everybody. */
  second: number | null
}

export interface TrackedAnswer {
  /** Unix seconds: when they were recorded. */
  now: bigint
  /** `<account>\n<live|test>\n<id>` of what was recorded; null: all of it. */
  recorded: string[] | null
}

/** Locks that keep the order of what is tracked. */
const BUCKETS = 16

/**
 * The lock under which usage of a customer is tracked: FNV-1a of the id. Processes of every version
 * must agree on it.
 */
export function bucketOf(customer: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < customer.length; index++) {
    hash = Math.imul(hash ^ customer.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0) % BUCKETS
}

export const TRACK = `
  select clock as now, recorded
  from proviso.track_usage(
    $1::text[], $2::boolean[], $3::text[], $4::text[], $5::text[], $6::int8[], $7::int8[],
    $8::text[], $9::int8[], $10::int8[], $11::int8[], $12::int8, ${LATE_SECONDS}, ${AHEAD_SECONDS}
  )`

/**
 * Records what is not on record under its id, lies in its window and has a ledger; the ids are different
 * ones.
 * @param now Unix seconds; null: by the database's clock
 */
export async function recordTracked(
  db: Queryable,
  rows: readonly NewTracked[],
  now: number | null,
): Promise<TrackedAnswer> {
  const answer = await db.query<TrackedAnswer>(TRACK, [
    rows.map(({ account }) => account),
    rows.map(({ livemode }) => livemode),
    rows.map(({ id }) => id),
    rows.map(({ customer }) => customer),
    rows.map(({ feature }) => feature),
    rows.map(({ quantity }) => quantity),
    rows.map(({ at }) => at),
    rows.map(({ meter }) => meter),
    rows.map(({ ledger }) => ledger),
    rows.map(({ second }) => second),
    [...new Set(rows.map(({ customer }) => bucketOf(customer)))],
    now,
  ])
  return answer.rows[0] as TrackedAnswer
}
