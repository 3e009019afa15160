import type { Catalog } from '../../core/compile-catalog.ts'
import type { Grant } from '../../core/decision.ts'
import type { Ledger } from '../../core/usage/ledger.ts'
import type { Queryable } from '../../store/database.ts'
import type { CustomerKey } from '../../store/statements/customers.ts'
import { readOwnersOfAliases } from '../../store/statements/usage-customers.ts'
import {
  readLedgers,
  type LedgerKey,
  type LedgerRow,
} from '../../store/statements/usage-ledgers.ts'
import type { TargetRow } from '../../store/statements/usage-targets.ts'
import { grantsAt, hasEnded } from '../apply-until.ts'
import type { HoldReader } from '../hold-setting.ts'
import { scopedKey } from '../settle/keys.ts'
import { foldStandings } from './fold-standings.ts'
import { standingOf, type Standing } from './standing.ts'

export interface StandingSource {
  catalog: Catalog
  /** Overrides the database's clock (tests). */
  now: (() => Promise<number>) | null
  readHold: HoldReader
}

/** What a batch has found out about customers; kept when it has to begin again. */
export interface Acquaintance {
  /** Decided anew, as far as that could be done. */
  woken: Set<string>
  /** Stripe customer → the one app customer it belongs to; null: it stands for itself. */
  owners: Map<string, string | null>
  /** Nothing at all is known of them. */
  unknown: Set<string>
}

export interface LoadedStandings {
  standings: Map<string, Standing>
  /** Their time has come: the stored verdict is to be made anew first. */
  due: CustomerKey[]
  /** Who stands for whom, or is unknown, was learnt only now. */
  isNews: boolean
}

export function acquaintance(): Acquaintance {
  return { woken: new Set(), owners: new Map(), unknown: new Set() }
}

export function ledgerKey(key: LedgerKey): string {
  return scopedKey(key, `${key.customer}\n${key.feature}`)
}

/** Ledgers in line with the verdicts as they hold at this second, with all that was tracked. */
export async function loadStandings(
  db: Queryable,
  { catalog, now, readHold }: StandingSource,
  keys: readonly LedgerKey[],
  known: Acquaintance,
): Promise<LoadedStandings> {
  const rows = await readLedgers(db, keys)
  const at = now === null ? Number(rows[0]?.now ?? 0) : await now()
  const isNews = await learnOwners(db, rows, known)
  const due = new Map<string, CustomerKey>()
  for (const { account, livemode, customer, wake_at } of rows) {
    const key = scopedKey({ account, livemode }, customer)
    if (wake_at === null || Number(wake_at) > at || known.woken.has(key)) continue
    due.set(key, { account, livemode, customer })
  }
  if (isNews || due.size > 0) return { standings: new Map(), due: [...due.values()], isNews }
  const standings = await standingsOf(db, { catalog, readHold }, rows, at)
  return {
    standings: new Map(standings.map((standing) => [ledgerKey(standing), standing])),
    due: [],
    isNews,
  }
}

/** Rows in line with the verdict as it holds at this second, with all that was tracked. */
export async function standingsOf(
  db: Queryable,
  { catalog, readHold }: Pick<StandingSource, 'catalog' | 'readHold'>,
  rows: readonly LedgerRow[],
  at: number,
): Promise<Standing[]> {
  const isAnyOver = rows.some((row) => grantsOf(row).some((grant) => hasEnded(grant, at)))
  const hold = isAnyOver ? await readHold(db, at) : null
  const behind: Standing[] = []
  const standings = rows.flatMap((row) => {
    const definition = catalog.features.get(row.feature)
    if (definition === undefined) return []
    const standing = standingOf({
      key: row,
      id: row.id,
      definition,
      ledger: row.ledger as Ledger | null,
      grants: grantsAt(grantsOf(row), at, hold),
      now: at,
      alerts: row.alerts,
      folded: row.folded,
    })
    if (row.is_behind) behind.push(standing)
    return standing
  })
  await foldStandings(db, behind)
  return standings
}

function grantsOf({ grants }: LedgerRow): Grant[] {
  return (grants ?? []) as Grant[]
}

type Stranger = Pick<TargetRow, 'account' | 'livemode' | 'customer' | 'has_grants' | 'is_known'>

/** As reads have it: a Stripe customer answers for its one app customer, unless it has grants itself. */
export async function learnOwners(
  db: Queryable,
  rows: readonly Stranger[],
  known: Acquaintance,
): Promise<boolean> {
  const strangers = new Map<string, Stranger>()
  for (const row of rows) {
    const key = scopedKey(row, row.customer)
    if (row.has_grants !== true && !known.owners.has(key)) strangers.set(key, row)
  }
  if (strangers.size === 0) return false
  const found = await readOwnersOfAliases(db, [...strangers.values()])
  const ownersOf = new Map(found.map((row) => [scopedKey(row, row.alias), row.owners]))
  let isNews = false
  for (const [key, row] of strangers) {
    const owners = ownersOf.get(key) ?? []
    const owner = owners.length === 1 ? (owners[0] ?? null) : null
    known.owners.set(key, owner)
    if (owner === null && !row.is_known) known.unknown.add(key)
    if (owner !== null || !row.is_known) isNews = true
  }
  return isNews
}
