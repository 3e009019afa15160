import type { Queryable } from '../database.ts'

export interface LinkRow {
  account: string
  livemode: boolean
  object: string
  parent: string | null
}

export interface LinkKey {
  account: string
  livemode: boolean
  object: string
}

export const READ_ANCESTORS = `
  with recursive up (account, livemode, object, parent) as (
    select l.account, l.livemode, l.object, l.parent
    from unnest($1::text[], $2::boolean[], $3::text[]) as k (account, livemode, object)
    join proviso.links l using (account, livemode, object)
    union
    select l.account, l.livemode, l.object, l.parent
    from up join proviso.links l
      on l.account = up.account and l.livemode = up.livemode and l.object = up.parent
  )
  select account, livemode, object, parent from up`

/** The links of these objects and of everything above them. */
export async function readAncestors(db: Queryable, keys: readonly LinkKey[]): Promise<LinkRow[]> {
  return (await db.query<LinkRow>(READ_ANCESTORS, columns(keys))).rows
}

// A Stripe customer before an invoice before anything else, then the earlier in text: the minimum
// `preferParent` of the core takes, so that links may be learnt in any order.
const PREFERRED = `
  case
    when excluded.parent is null then links.parent
    when links.parent is null then excluded.parent
    when (${rank('excluded.parent')}, excluded.parent collate "C")
       < (${rank('links.parent')}, links.parent collate "C") then excluded.parent
    else links.parent
  end`

function rank(column: string): string {
  return `case
      when ${column} like 'cus\\_%' or ${column} like 'acct\\_%' or ${column} like 'cust\\_%' then 0
      when ${column} like 'in\\_%' then 1
      else 2
    end`
}

export const LOCK_LINKS = `
  insert into proviso.links as links (account, livemode, object, parent)
  select account, livemode, object, parent
  from unnest($1::text[], $2::boolean[], $3::text[], $4::text[])
    as r (account, livemode, object, parent)
  on conflict on constraint links_pkey do update set parent = ${PREFERRED}
  returning account, livemode, object, parent`

/**
 * Holds these rows until the transaction ends, learning their links. Rows must come sorted, all in
 * one call, so that no two transactions wait for each other.
 */
export async function lockLinks(tx: Queryable, rows: readonly LinkRow[]): Promise<LinkRow[]> {
  const { rows: locked } = await tx.query<LinkRow>(LOCK_LINKS, [
    ...columns(rows),
    rows.map(({ parent }) => parent),
  ])
  return locked
}

export const READ_ALL_LINKS = `
  select account, livemode, object, parent from proviso.links
  where (account, livemode, object) > ($1::text, $2::boolean, $3::text)
  order by account, livemode, object
  limit $4::int4`

export async function readLinkPage(
  db: Queryable,
  after: LinkKey,
  limit: number,
): Promise<LinkRow[]> {
  const { account, livemode, object } = after
  return (await db.query<LinkRow>(READ_ALL_LINKS, [account, livemode, object, limit])).rows
}

export async function deleteAllLinks(tx: Queryable): Promise<void> {
  await tx.query('delete from proviso.links')
}

/** Keeps every settle out until the transaction ends; reading and intake go on. */
export async function excludeSettle(tx: Queryable): Promise<void> {
  await tx.query('lock table proviso.links in share row exclusive mode')
}

function columns(keys: readonly LinkKey[]): unknown[] {
  return [
    keys.map(({ account }) => account),
    keys.map(({ livemode }) => livemode),
    keys.map(({ object }) => object),
  ]
}
