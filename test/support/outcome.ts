import type { CatalogDefinition } from '../../src/core/catalog.ts'
import { compileCatalog } from '../../src/core/compile-catalog.ts'
import type { FeatureAccess } from '../../src/core/decision.ts'
import { evaluate } from '../../src/core/evaluate.ts'
import type { Queryable } from '../../src/store/database.ts'
import { reduce } from '../../src/stripe/reduce.ts'

type Access = Record<string, FeatureAccess>

/** A customer of which mode and account. */
interface Owner {
  account: string
  livemode: boolean
  customer: string
}

export interface StoredChange extends Owner {
  position: number
  feature: string
  before: FeatureAccess
  after: FeatureAccess
}

/** What a database holds once the sending is over, read without any of our own statements. */
export interface Outcome {
  /** Event id → its bodies as they were received. */
  events: Map<string, string[]>
  pending: number
  changes: StoredChange[]
  /** By customer, as `nameOf` names them. */
  access: Record<string, Access>
}

export async function readOutcome(db: Queryable): Promise<Outcome> {
  const observations = await db.query<{ id: string; is_pending: boolean; body: Uint8Array }>(
    'select id, is_pending, body from proviso.observations order by seq',
    [],
  )
  const changes = await db.query<StoredChange & { position: bigint }>(
    `select position, account, livemode, customer, feature, before, after
     from proviso.changes order by position`,
    [],
  )
  const customers = await db.query<Owner & { access: Access }>(
    'select account, livemode, id as customer, access from proviso.customers order by id',
    [],
  )
  const events = new Map<string, string[]>()
  for (const { id, body } of observations.rows) {
    events.set(id, [...(events.get(id) ?? []), Buffer.from(body).toString()])
  }
  return {
    events,
    pending: observations.rows.filter(({ is_pending }) => is_pending).length,
    changes: changes.rows.map((row) => ({ ...row, position: Number(row.position) })),
    access: Object.fromEntries(customers.rows.map((row) => [nameOf(row), row.access])),
  }
}

/**
 * Positions leave no gap, each change begins where the one before it ended and changes something, and
 * the last one is the access that is stored. Answers what is not so.
 */
export function chainProblems({ changes, access }: Outcome): string[] {
  const problems: string[] = []
  const last = new Map<string, string>()
  changes.forEach((change, index) => {
    const { position, feature, before, after } = change
    const key = `${nameOf(change)}/${feature}`
    const name = `change ${position} of ${key}`
    if (position !== index + 1) problems.push(`${name} has place ${index + 1}`)
    const from = last.get(key) ?? NOTHING
    if (shown(before) !== from) problems.push(`${name} begins at ${shown(before)}, not at ${from}`)
    if (shown(after) === shown(before)) problems.push(`${name} changes nothing`)
    last.set(key, shown(after))
  })
  for (const [customer, features] of Object.entries(access)) {
    for (const [feature, stored] of Object.entries(features)) {
      const told = last.get(`${customer}/${feature}`) ?? NOTHING
      if (told !== shown(stored)) {
        problems.push(`${customer}/${feature} is ${shown(stored)}, its last change says ${told}`)
      }
    }
  }
  return problems
}

const NOTHING = 'none'

/** Reasons may gain evidence without a change of access, so they do not count. */
function shown({ allowed, state, value, until }: FeatureAccess): string {
  return state === 'none' ? NOTHING : JSON.stringify({ allowed, state, value, until })
}

interface EventBody {
  id: string
  type: string
  created: number
  livemode: boolean
  account?: string
}

/** Everyone's access as the core alone decides it from the same events, without any database. */
export function accessByCore(
  events: readonly EventBody[],
  definition: CatalogDefinition,
  at: number,
): Record<string, Access> {
  const compiled = compileCatalog(definition)
  if (!compiled.ok) throw new Error('The catalog of the test does not compile.')
  const snapshots = events.flatMap((body) => {
    const { id, type, created, livemode, account = '' } = body
    const reduction = reduce({ kind: 'event', id, type, created, body })
    return reduction.snapshots.map((snapshot) => ({ scope: { account, livemode }, snapshot }))
  })
  const { customers } = evaluate(snapshots, compiled.catalog, at)
  const scopes = new Set(snapshots.map(({ scope }) => nameOf({ ...scope, customer: '' })))
  // The core leaves the scope out where there is but one.
  const [only] = scopes.size === 1 ? scopes : ['']
  return Object.fromEntries(
    Object.entries(customers).map(([name, { features }]) => [`${only ?? ''}${name}`, features]),
  )
}

function nameOf({ account, livemode, customer }: Owner): string {
  return `${livemode ? 'live' : 'test'}${account === '' ? '' : `/${account}`}:${customer}`
}

/** Whom anything is granted to; the others are not to be told apart from those nobody has heard of. */
export function served(access: Record<string, Access>): Record<string, Access> {
  return Object.fromEntries(
    Object.entries(access).filter(([, features]) =>
      Object.values(features).some(({ state }) => state !== 'none'),
    ),
  )
}
