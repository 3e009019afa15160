import type { Queryable } from '../database.ts'

/** One row to insert; `hash` is 32 bytes. */
export interface NewObservation {
  account: string
  livemode: boolean
  id: string
  hash: Uint8Array
  kind: 'event' | 'read' | 'manual'
  type: string
  /** Unix seconds. */
  created: number
  body: Uint8Array
}

export interface ObservationIdentity {
  account: string
  livemode: boolean
  id: string
  hash: Uint8Array
}

/**
 * Bodies and hashes travel as one binary parameter each, cut up by the database: arrays of bytea
 * would be sent as escaped text, at twice the size and several times the cost.
 */
export const INSERT_OBSERVATIONS = `
  insert into proviso.observations (account, livemode, id, hash, kind, type, created, body)
  select
    r.account, r.livemode, r.id,
    substring($1::bytea from (r.n::int4 - 1) * 32 + 1 for 32),
    r.kind, r.type, r.created,
    substring($2::bytea from r.body_from for r.body_length)
  from unnest(
    $3::text[], $4::boolean[], $5::text[], $6::text[], $7::text[], $8::int8[], $9::int4[], $10::int4[]
  ) with ordinality as r (account, livemode, id, kind, type, created, body_from, body_length, n)
  on conflict on constraint observations_identity do nothing
  returning account, livemode, id, hash`

/** For a lone row, the usual case of a quiet service: it costs the server a quarter less to plan and run. */
export const INSERT_OBSERVATION = `
  insert into proviso.observations (account, livemode, id, hash, kind, type, created, body)
  values (
    $1::text, $2::boolean, $3::text, $4::bytea, $5::text, $6::text, $7::int8, $8::bytea
  )
  on conflict on constraint observations_identity do nothing
  returning account, livemode, id, hash`

/** Commits the rows not held before and answers those; an autocommit statement of its own. */
export async function insertObservations(
  db: Queryable,
  rows: readonly NewObservation[],
): Promise<ObservationIdentity[]> {
  const [only] = rows
  if (only !== undefined && rows.length === 1) return insertObservation(db, only)
  let end = 0
  const starts = rows.map((row) => {
    const start = end + 1
    end += row.body.length
    return start
  })
  const { rows: inserted } = await db.query<ObservationIdentity>(INSERT_OBSERVATIONS, [
    Buffer.concat(rows.map((row) => row.hash)),
    Buffer.concat(rows.map((row) => row.body)),
    rows.map((row) => row.account),
    rows.map((row) => row.livemode),
    rows.map((row) => row.id),
    rows.map((row) => row.kind),
    rows.map((row) => row.type),
    rows.map((row) => row.created),
    starts,
    rows.map((row) => row.body.length),
  ])
  return inserted
}

async function insertObservation(
  db: Queryable,
  { account, livemode, id, hash, kind, type, created, body }: NewObservation,
): Promise<ObservationIdentity[]> {
  const values = [account, livemode, id, hash, kind, type, created, body]
  return (await db.query<ObservationIdentity>(INSERT_OBSERVATION, values)).rows
}
