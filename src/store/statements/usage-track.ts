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

/**
 * Whoever tracks usage of a customer holds a lock from before its numbers are drawn until the commit, so
 * what a ledger's uses are numbered by is the order in which they can be seen: nothing comes to light
 * later below a number that was read. A customer with grants, who is on no test clock, stands for itself
 * and has the time of everybody: only then the ledger is looked up here.
 */
export const TRACK = `
  with locked as materialized (
    select count(pg_advisory_xact_lock(b.key)) as buckets
    from (
      select hashtextextended('proviso track ' || '"proviso"', r.bucket) as key
      from unnest($12::int8[]) as r (bucket)
      order by key
    ) as b
  ), clock as materialized (
    select coalesce($11::int8, floor(extract(epoch from clock_timestamp()))::int8) as now
  ), placed as (
    select r.account, r.livemode, r.id, r.customer, r.feature, r.quantity, r.at, r.meter,
      coalesce(r.second, clock.now) as now,
      coalesce(r.ledger, case when c.grants <> '[]' and c.test_clocks = '{}' then l.id end) as ledger
    from unnest(
      $1::text[], $2::boolean[], $3::text[], $4::text[], $5::text[], $6::int8[], $7::int8[],
      $8::text[], $9::int8[], $10::int8[]
    ) as r (account, livemode, id, customer, feature, quantity, at, meter, ledger, second)
    cross join locked
    cross join clock
    left join proviso.usage_ledgers l
      on l.account = r.account and l.livemode = r.livemode and l.customer = r.customer
        and l.feature = r.feature
    left join proviso.customers c
      on c.account = r.account and c.livemode = r.livemode and c.id = r.customer
    where locked.buckets > 0
  ), recorded as (
    insert into proviso.usage
      (account, livemode, id, kind, ledger, customer, feature, quantity, at, meter)
    select p.account, p.livemode, p.id, 'track', p.ledger, p.customer, p.feature, p.quantity,
      coalesce(p.at, p.now), p.meter
    from placed p
    where p.ledger is not null
      and (p.at is null or p.at between p.now - ${LATE_SECONDS} and p.now + ${AHEAD_SECONDS})
    on conflict on constraint usage_pkey do nothing
    returning account, livemode, id, ledger
  ), unfolded as (
    insert into proviso.usage_unfolded (ledgers)
    select array_agg(distinct ledger) from recorded having count(*) > 0
  )
  select clock.now, done.recorded
  from clock, (
    select case when count(*) < cardinality($3::text[]) then coalesce(array_agg(
        account || E'\\n' || case when livemode then 'live' else 'test' end || E'\\n' || id
      ), '{}') end as recorded
    from recorded
  ) as done`

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
    now,
    [...new Set(rows.map(({ customer }) => bucketOf(customer)))],
  ])
  return answer.rows[0] as TrackedAnswer
}
