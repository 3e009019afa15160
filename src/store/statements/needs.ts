import type { Need } from '../../core/decision.ts'
import type { Scope } from '../../core/fact.ts'
import type { Queryable } from '../database.ts'

export type ScopedNeed = Scope & Pick<Need, 'type' | 'object'>

/**
 * How long a question waits that was read so many times and is asked again all the same: 60 s · 4ⁿ,
 * at most 6 h. It is one that reads cannot answer, so it must not become a loop.
 */
const againIn = (attempts: string): string =>
  `make_interval(secs => least(60 * power(4, least(${attempts}, 6)), 21600)::float8)`

/*
 * A read may be under way while `due_at` lies ahead (that is its lease). A need that is raised then
 * gets a new `raised_at`, by which the reader learns that its answer may have come too early.
 * Sorted, so that two writers lock rows in one order.
 */
export const RAISE_NEEDS = `
  insert into proviso.needs as n (account, livemode, type, object, reason, raised_at, due_at)
  select distinct on (r.account, r.livemode, r.type, r.object)
    r.account, r.livemode, r.type, r.object, r.reason,
    clock_timestamp(),
    clock_timestamp() + make_interval(secs => $6::float8)
  from unnest($1::text[], $2::boolean[], $3::text[], $4::text[], $5::text[])
    as r (account, livemode, type, object, reason)
  order by r.account, r.livemode, r.type, r.object
  on conflict on constraint needs_pkey do update set
    reason = excluded.reason,
    raised_at = excluded.raised_at,
    attempts = case
      when n.due_at is null and n.raised_at < clock_timestamp() - interval '24 hours' then 0
      else n.attempts
    end,
    due_at = case
      when n.due_at is not null then n.due_at
      when n.raised_at < clock_timestamp() - interval '24 hours' then excluded.due_at
      else clock_timestamp() + ${againIn('n.attempts')}
    end
  where n.due_at is null or n.due_at > clock_timestamp()`

/**
 * Asks what only Stripe can tell; to be called with every need of a verdict, also one asked before.
 * An open one keeps its time, a satisfied one is asked again after a backoff (forgotten after 24 h).
 */
export async function raiseNeeds(
  tx: Queryable,
  needs: readonly (Scope & Need)[],
  options: { delaySeconds: number },
): Promise<void> {
  if (needs.length === 0) return
  await tx.query(RAISE_NEEDS, [
    ...keysOf(needs),
    needs.map((need) => need.reason),
    options.delaySeconds,
  ])
}

/** What is locked is being raised or claimed: a withdrawal never waits, so it never deadlocks. */
export const WITHDRAW_NEEDS = `
  with unwanted as (
    select n.account, n.livemode, n.type, n.object, n.attempts
    from proviso.needs n
    join unnest($1::text[], $2::boolean[], $3::text[], $4::text[])
      as r (account, livemode, type, object) using (account, livemode, type, object)
    where n.due_at is not null
    for update of n skip locked
  ), forgotten as (
    delete from proviso.needs n using unwanted u
    where u.attempts = 0
      and n.account = u.account and n.livemode = u.livemode
      and n.type = u.type and n.object = u.object
  )
  update proviso.needs n
  set due_at = null
  from unwanted u
  where u.attempts > 0
    and n.account = u.account and n.livemode = u.livemode
    and n.type = u.type and n.object = u.object`

/**
 * Takes back open needs that no customer wants any more. One that was read before stays as
 * satisfied, so that raising it again backs off.
 */
export async function withdrawNeeds(tx: Queryable, needs: readonly ScopedNeed[]): Promise<void> {
  if (needs.length > 0) await tx.query(WITHDRAW_NEEDS, keysOf(needs))
}

export interface ClaimedNeed extends ScopedNeed {
  /** Microseconds since 1970; names the raising that the read answers. */
  raised_us: bigint
  attempts: number
}

export const CLAIM_NEEDS = `
  update proviso.needs n
  set due_at = clock_timestamp() + make_interval(secs => $2::float8)
  from (
    select account, livemode, type, object
    from proviso.needs
    where due_at <= clock_timestamp()
    order by due_at
    limit $1::int4
    for update skip locked
  ) d
  where n.account = d.account and n.livemode = d.livemode
    and n.type = d.type and n.object = d.object
  returning
    n.account, n.livemode, n.type, n.object, n.attempts,
    (extract(epoch from n.raised_at) * 1000000)::int8 as raised_us`

/** Takes due needs for as long as the lease lasts; after a crash they fall due again by themselves. */
export async function claimNeeds(
  db: Queryable,
  claim: { limit: number; leaseSeconds: number },
): Promise<ClaimedNeed[]> {
  return (await db.query<ClaimedNeed>(CLAIM_NEEDS, [claim.limit, claim.leaseSeconds])).rows
}

const NEXT_ANSWERS = `case when n.last_error is null then n.attempts + 1 else 1 end`

/** `attempts` counts outcomes of one kind in a row, so that an outage does not slow what follows it. */
export const SATISFY_NEED = `
  update proviso.needs n
  set
    due_at = case
      when n.due_at is null then null
      when n.due_at > clock_timestamp()
        and (extract(epoch from n.raised_at) * 1000000)::int8 = $5::int8 then null
      else clock_timestamp() + ${againIn(NEXT_ANSWERS)}
    end,
    attempts = ${NEXT_ANSWERS},
    last_error = null
  where n.account = $1::text and n.livemode = $2::boolean
    and n.type = $3::text and n.object = $4::text`

/**
 * To be called once the answer is durable. A settle may have judged it by then and raised the need
 * again: then it stays open.
 */
export async function satisfyNeed(db: Queryable, need: ClaimedNeed): Promise<void> {
  await db.query(SATISFY_NEED, [...keyOf(need), need.raised_us])
}

export const POSTPONE_NEED = `
  update proviso.needs n
  set
    due_at = clock_timestamp() + make_interval(
      secs => greatest($5::float8, least(power(2, least(n.attempts, 12)), $6::float8))
    ),
    attempts = case when n.last_error is null then 1 else n.attempts + 1 end,
    last_error = $7::text
  where n.account = $1::text and n.livemode = $2::boolean
    and n.type = $3::text and n.object = $4::text
    and n.due_at is not null`

export interface Postponement {
  /** Not before. */
  seconds: number
  /** Failures in a row double the wait up to here. */
  maxSeconds: number
  error: string
}

/** Asks again later; a need withdrawn meanwhile stays so. */
export async function postponeNeed(
  db: Queryable,
  need: ClaimedNeed,
  postponement: Postponement,
): Promise<void> {
  const { seconds, maxSeconds, error } = postponement
  await db.query(POSTPONE_NEED, [...keyOf(need), seconds, maxSeconds, error])
}

function keyOf(need: ScopedNeed): unknown[] {
  return [need.account, need.livemode, need.type, need.object]
}

function keysOf(needs: readonly ScopedNeed[]): unknown[] {
  return [
    needs.map((need) => need.account),
    needs.map((need) => need.livemode),
    needs.map((need) => need.type),
    needs.map((need) => need.object),
  ]
}
