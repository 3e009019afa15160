import type { Queryable } from '../database.ts'

export interface RootKey {
  account: string
  livemode: boolean
  root: string
}

/** Facts below a root; `key` null: a member without facts. */
export interface MemberRow {
  account: string
  livemode: boolean
  root: string
  key: string
  type: string | null
  object: string | null
  /** JSON text of the snapshots. */
  snapshots: string | null
  compacted: string[] | null
}

export const READ_MEMBERS = `
  with recursive member (account, livemode, root, object) as (
    select r.account, r.livemode, r.root, r.root
    from unnest($1::text[], $2::boolean[], $3::text[]) as r (account, livemode, root)
    union
    select m.account, m.livemode, m.root, l.object
    from member m
    join proviso.links l
      on l.account = m.account and l.livemode = m.livemode and l.parent = m.object
  )
  select m.account, m.livemode, m.root, m.object as key, f.type, f.object, f.snapshots::text as snapshots, f.compacted
  from member m
  left join proviso.facts f
    on f.account = m.account and f.livemode = m.livemode and f.key = m.object`

/** Everything filed below these roots. */
export async function readMembers(db: Queryable, roots: readonly RootKey[]): Promise<MemberRow[]> {
  return (
    await db.query<MemberRow>(READ_MEMBERS, [
      roots.map(({ account }) => account),
      roots.map(({ livemode }) => livemode),
      roots.map(({ root }) => root),
    ])
  ).rows
}

export interface FactRow {
  account: string
  livemode: boolean
  key: string
  type: string
  object: string
  /** JSON text of the snapshots. */
  snapshots: string
  compacted: readonly string[]
}

/**
 * Snapshots travel as one binary parameter, cut up by the database: an array of texts would have every
 * quotation mark of their JSON escaped, at several times the cost for an object with many snapshots.
 */
export const WRITE_FACTS = `
  insert into proviso.facts (account, livemode, key, type, object, compacted, snapshots)
  select account, livemode, key, type, object,
    array(select json_array_elements_text(compacted::json)),
    convert_from(substring($7::bytea from text_from for text_length), 'UTF8')::json
  from unnest(
    $1::text[], $2::boolean[], $3::text[], $4::text[], $5::text[], $6::text[], $8::int4[], $9::int4[]
  ) as r (account, livemode, key, type, object, compacted, text_from, text_length)
  on conflict on constraint facts_pkey
  do update set snapshots = excluded.snapshots, compacted = excluded.compacted`

export async function writeFacts(tx: Queryable, facts: readonly FactRow[]): Promise<void> {
  const texts = facts.map(({ snapshots }) => Buffer.from(snapshots))
  let end = 0
  const starts = texts.map((text) => {
    const start = end + 1
    end += text.length
    return start
  })
  await tx.query(WRITE_FACTS, [
    facts.map(({ account }) => account),
    facts.map(({ livemode }) => livemode),
    facts.map(({ key }) => key),
    facts.map(({ type }) => type),
    facts.map(({ object }) => object),
    facts.map(({ compacted }) => JSON.stringify(compacted)),
    Buffer.concat(texts),
    starts,
    texts.map((text) => text.length),
  ])
}

export async function deleteAllFacts(tx: Queryable): Promise<void> {
  await tx.query('delete from proviso.facts')
}
