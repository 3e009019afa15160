import type { Queryable } from '../database.ts'

export interface PendingObservation {
  seq: bigint
  account: string
  livemode: boolean
  id: string
  kind: 'event' | 'read' | 'manual'
  type: string
  created: bigint
  body: Uint8Array
}

export const CLAIM_PENDING = `
  select seq, account, livemode, id, kind, type, created, body
  from proviso.observations
  where is_pending
  order by seq
  limit $1::int4
  for update skip locked`

/** Oldest first; rows another process holds are passed over. */
export async function claimPending(tx: Queryable, limit: number): Promise<PendingObservation[]> {
  return (await tx.query<PendingObservation>(CLAIM_PENDING, [limit])).rows
}

export const MARK_SETTLED = `
  update proviso.observations o set is_pending = false, problem = r.problem
  from unnest($1::int8[], $2::text[]) as r (seq, problem)
  where o.seq = r.seq`

/** `problem`: why no fact could be read, or null. */
export async function markSettled(
  tx: Queryable,
  settled: readonly { seq: bigint; problem: string | null }[],
): Promise<void> {
  await tx.query(MARK_SETTLED, [
    settled.map(({ seq }) => seq),
    settled.map(({ problem }) => problem),
  ])
}

const SET_ASIDE = 'unsettleable:'

/** What is noted of an observation that is set aside because it cannot be settled. */
export function setAsideProblem(message: string): string {
  return `${SET_ASIDE} ${message}`.slice(0, 500)
}

const isSetAside = `coalesce(problem, '') like '${SET_ASIDE}%'`

/** Whether an observation counts: it waits no longer, and was not set aside. */
export function isSettled({ is_pending, problem }: FoundObservation): boolean {
  return !is_pending && !(problem ?? '').startsWith(SET_ASIDE)
}

export const RETRY_SET_ASIDE = `
  update proviso.observations set is_pending = true, problem = null
  where not is_pending and ${isSetAside}`

/** What was set aside waits to be settled again: whatever was at fault may be mended by now. */
export async function retrySetAside(tx: Queryable): Promise<void> {
  await tx.query(RETRY_SET_ASIDE, [])
}

export const DATABASE_TIME = `select floor(extract(epoch from clock_timestamp()))::int8 as now`

/** Unix seconds by the database's clock: the one clock every process shares. */
export async function readDatabaseTime(db: Queryable): Promise<number> {
  const { rows } = await db.query<{ now: bigint }>(DATABASE_TIME, [])
  return Number(rows[0]?.now ?? 0)
}

export const OBSERVATION_PAGE = `
  select seq, account, livemode, id, kind, type, created, body
  from proviso.observations
  where not is_pending and not ${isSetAside} and seq > $1::int8
  order by seq
  limit $2::int4`

/** Settled observations in the order they came, for deriving everything anew. */
export async function readObservationPage(
  db: Queryable,
  after: bigint,
  limit: number,
): Promise<PendingObservation[]> {
  return (await db.query<PendingObservation>(OBSERVATION_PAGE, [after, limit])).rows
}

export const COUNT_SETTLED = `
  select count(*)::int8 as settled
  from proviso.observations
  where not is_pending and not ${isSetAside}`

/** How many observations there are to derive everything from. */
export async function countSettled(db: Queryable): Promise<number> {
  return Number((await db.query<{ settled: bigint }>(COUNT_SETTLED, [])).rows[0]?.settled ?? 0)
}

export const BACKLOG = `
  select
    (select count(*) from (
      select 1 from proviso.observations where is_pending limit 100000
    ) as p)::int8 as pending,
    coalesce(
      extract(epoch from clock_timestamp() - (
        select received_at from proviso.observations where is_pending order by seq limit 1
      )), 0
    )::float8 as lag_seconds,
    coalesce((select max(seq) from proviso.observations), 0)::int8 as newest`

export interface Backlog {
  pending: bigint
  lag_seconds: number
  newest: bigint
}

export async function readBacklog(db: Queryable): Promise<Backlog> {
  const { rows } = await db.query<Backlog>(BACKLOG, [])
  return rows[0] ?? { pending: 0n, lag_seconds: 0, newest: 0n }
}

export const IS_PENDING_UP_TO = `
  select exists (
    select 1 from proviso.observations where is_pending and seq <= $1::int8
  ) as is_pending`

export async function isPendingUpTo(db: Queryable, seq: bigint): Promise<boolean> {
  const { rows } = await db.query<{ is_pending: boolean }>(IS_PENDING_UP_TO, [seq])
  return rows[0]?.is_pending ?? false
}

export const FIND_OBSERVATIONS = `
  select seq, account, livemode, id, kind, type, created, body, is_pending, problem,
    floor(extract(epoch from received_at))::int8 as received_at
  from proviso.observations
  where id = any ($1::text[])
  order by seq`

export interface FoundObservation extends PendingObservation {
  is_pending: boolean
  problem: string | null
  received_at: bigint
}

export async function findObservations(
  db: Queryable,
  ids: readonly string[],
): Promise<FoundObservation[]> {
  return (await db.query<FoundObservation>(FIND_OBSERVATIONS, [ids])).rows
}

export const FIRST_LIVEMODE = `
  select livemode from proviso.observations order by seq limit 1`

export async function readFirstLivemode(db: Queryable): Promise<boolean | null> {
  return (await db.query<{ livemode: boolean }>(FIRST_LIVEMODE, [])).rows[0]?.livemode ?? null
}
