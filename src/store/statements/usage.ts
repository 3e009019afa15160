import type { Queryable } from '../database.ts'
import { jsonText } from '../json-text.ts'

export type UsageKind = 'track' | 'consume' | 'reserve' | 'finalise' | 'release'

/** One row to insert. Times are Unix seconds. */
export interface NewUsage {
  account: string
  livemode: boolean
  ledger: bigint
  id: string
  /** 1: what became of the reservation of this id; 0: everything else. */
  step: 0 | 1
  kind: UsageKind
  customer: string
  feature: string
  quantity: number
  over: number
  at: number
  expires_at: number | null
  is_refused: boolean
  burned: readonly object[]
  meter: string | null
}

export interface UsageIdentity {
  account: string
  livemode: boolean
  id: string
}

export interface FoundUsage extends UsageIdentity {
  step: number
  kind: UsageKind
  customer: string
  feature: string
  quantity: bigint
  over: bigint
  at: bigint
  expires_at: bigint | null
  is_refused: boolean
}

export const FIND_USAGE = `
  select u.account, u.livemode, u.id, u.step, u.kind, u.customer, u.feature, u.quantity, u.over,
    u.at, u.expires_at, u.is_refused
  from unnest($1::text[], $2::boolean[], $3::text[]) as r (account, livemode, id)
  join proviso.usage u using (account, livemode, id)`

/** What is on record under these ids, both steps. */
export async function findUsage(
  db: Queryable,
  ids: readonly UsageIdentity[],
): Promise<FoundUsage[]> {
  const { rows } = await db.query<FoundUsage>(FIND_USAGE, [
    ids.map(({ account }) => account),
    ids.map(({ livemode }) => livemode),
    ids.map(({ id }) => id),
  ])
  return rows
}

export const INSERT_USAGE = `
  insert into proviso.usage
    (account, livemode, id, step, kind, customer, feature, quantity, over, at, expires_at,
     is_refused, burned, meter, ledger)
  select account, livemode, id, step, kind, customer, feature, quantity, over, at, expires_at,
    is_refused, burned::json, meter, ledger
  from unnest(
    $1::text[], $2::boolean[], $3::text[], $4::int2[], $5::text[], $6::text[], $7::text[],
    $8::int8[], $9::int8[], $10::int8[], $11::int8[], $12::boolean[], $13::text[], $14::text[],
    $15::int8[]
  ) as r (account, livemode, id, step, kind, customer, feature, quantity, over, at, expires_at,
     is_refused, burned, meter, ledger)`

/** An id that is on record already fails with 23505 on `usage_pkey`. */
export async function insertUsage(tx: Queryable, rows: readonly NewUsage[]): Promise<void> {
  await tx.query(INSERT_USAGE, [
    rows.map(({ account }) => account),
    rows.map(({ livemode }) => livemode),
    rows.map(({ id }) => id),
    rows.map(({ step }) => step),
    rows.map(({ kind }) => kind),
    rows.map(({ customer }) => customer),
    rows.map(({ feature }) => feature),
    rows.map(({ quantity }) => quantity),
    rows.map(({ over }) => over),
    rows.map(({ at }) => at),
    rows.map(({ expires_at }) => expires_at),
    rows.map(({ is_refused }) => is_refused),
    rows.map(({ burned }) => (burned.length === 0 ? null : jsonText(burned))),
    rows.map(({ meter }) => meter),
    rows.map(({ ledger }) => ledger),
  ])
}
