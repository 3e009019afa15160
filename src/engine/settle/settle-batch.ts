import type { Catalog } from '../../core/compile-catalog.ts'
import type { Hold } from '../../core/hold.ts'
import type { Scope } from '../../core/fact.ts'
import type { Database, Queryable } from '../../store/database.ts'
import { readCustomersOnClocks, type CustomerKey } from '../../store/statements/customers.ts'
import { readRootsOfCustomers } from '../../store/statements/customer-roots.ts'
import { setLockTimeout } from '../../store/statements/lock-timeout.ts'
import {
  claimPending,
  markSettled,
  type PendingObservation,
} from '../../store/statements/pending.ts'
import { isProvisoError } from '../../errors.ts'
import { isConnectionError, sqlState } from '../../store/connection-errors.ts'
import { claimRoots, type ClaimedRoots } from './claim-roots.ts'
import { decideRoots, type DecidedRoots } from './decide-roots.ts'
import { FactStore } from './fact-store.ts'
import { scopedKey } from './keys.ts'
import { Outrun } from './outrun.ts'
import { routeObservation, type Routed } from './routed.ts'
import type { Verdict } from './verdict.ts'
import { publish } from './write-verdicts.ts'

export interface SettleContext {
  catalog: Catalog
  /** Unix seconds. */
  now: () => Promise<number>
  /** The hold to decide under at that second. */
  readHold: (tx: Queryable, at: number) => Promise<Hold | null>
}

export interface SettledBatch {
  observations: number
  position: number | null
  customers: number
}

/** One transaction: the oldest pending observations become facts, verdicts and changes, or nothing does. */
export async function settlePending(
  database: Database,
  context: SettleContext,
  limit: number,
): Promise<SettledBatch> {
  return database.transaction(async (tx) => {
    const rows = await claimPending(tx, limit)
    const [first] = rows
    if (first === undefined) return { observations: 0, position: null, customers: 0 }
    try {
      return await settleRows(tx, context, rows)
    } catch (error) {
      if (rows.length > 1 || !blamesData(error)) throw error
      throw new PoisonedRow(first, error)
    }
  })
}

/** One observation that cannot be settled by itself: its row is at fault. */
export class PoisonedRow extends Error {
  override readonly name = 'PoisonedRow'
  readonly seq: bigint
  readonly observation: string

  constructor(row: PendingObservation, cause: unknown) {
    super(`observation ${row.id} cannot be settled`, { cause })
    this.seq = row.seq
    this.observation = row.id
  }
}

/** The values are at fault, not the connection and not a race: trying again is no use. */
export function blamesData(error: unknown): boolean {
  if (error instanceof PoisonedRow) return true
  if (error instanceof Outrun || isConnectionError(error) || isProvisoError(error)) return false
  const state = sqlState(error)
  return state === undefined || /^(22|23|54)/.test(state)
}

async function settleRows(
  tx: Queryable,
  context: SettleContext,
  rows: readonly PendingObservation[],
): Promise<SettledBatch> {
  const observations = rows.map(routeObservation)
  const withFacts = observations.filter(({ snapshots }) => snapshots.length > 0)
  let decided: DecidedRoots | null = null
  if (withFacts.length > 0) {
    const now = await context.now()
    const claimed = await claimRoots(tx, withFacts)
    const store = new FactStore(tx)
    await store.load(claimed.roots)
    store.add(withFacts, claimed.rootOf)
    await store.write()
    const hold = await context.readHold(tx, now)
    decided = await decideRoots({
      tx,
      store,
      claimed,
      catalog: context.catalog,
      now,
      hold,
      touched: touchedRoots(withFacts, claimed),
      defaultCause: 'event',
      also: await customersOnClocks(tx, withFacts),
    })
    await assertHeldStill(tx, context, now, hold)
  }
  await markSettled(tx, observations)
  return {
    observations: rows.length,
    position: await publish(tx, decided?.changes ?? []),
    customers: decided?.verdicts.length ?? 0,
  }
}

export interface SettleCustomersOptions {
  customers: readonly CustomerKey[]
  /** Cause of the changes. */
  cause: string
  /** May hold verdicts back. */
  onVerdicts?: (tx: Queryable, verdicts: Verdict[]) => Promise<Verdict[]>
  /** Gives up when another transaction holds what is needed for so long. @defaultValue waits */
  lockTimeoutMs?: number
}

/** Decides customers again whose time has come, or whose catalog, rules or hold have changed. */
export async function settleCustomers(
  database: Database,
  context: SettleContext,
  { customers, cause, onVerdicts, lockTimeoutMs }: SettleCustomersOptions,
): Promise<SettledBatch> {
  if (customers.length === 0) return { observations: 0, position: null, customers: 0 }
  return database.transaction(async (tx) => {
    if (lockTimeoutMs !== undefined) await setLockTimeout(tx, lockTimeoutMs)
    const now = await context.now()
    const roots = await readRootsOfCustomers(tx, customers)
    const claimed = await claimRoots(tx, [], roots)
    const store = new FactStore(tx)
    await store.load(claimed.roots)
    const hold = await context.readHold(tx, now)
    const decided = await decideRoots(
      {
        tx,
        store,
        claimed,
        catalog: context.catalog,
        now,
        hold,
        touched: new Map(),
        defaultCause: cause,
        also: customers,
      },
      onVerdicts && ((verdicts) => onVerdicts(tx, verdicts)),
    )
    await assertHeldStill(tx, context, now, hold)
    const position = await publish(tx, decided.changes)
    return { observations: 0, position, customers: decided.verdicts.length }
  })
}

/**
 * Whoever ends a hold wakes everyone decided under it. A verdict written after that would be missed
 * and keep access until the hold's own end; one written before has its row locked, and is not.
 */
async function assertHeldStill(
  tx: Queryable,
  context: SettleContext,
  now: number,
  hold: Hold | null,
): Promise<void> {
  if (hold === null || (await context.readHold(tx, now)) !== null) return
  throw new Outrun('the hold of these verdicts has ended')
}

function touchedRoots(observations: readonly Routed[], { rootOf }: ClaimedRoots) {
  const touched = new Map<string, { id: string; cause: string }[]>()
  for (const { id, kind, scope, snapshots } of observations) {
    for (const { key } of snapshots) {
      const root = scopedKey(scope, rootOf(scope, key))
      touched.set(root, [...(touched.get(root) ?? []), { id, cause: kind }])
    }
  }
  return touched
}

/** A test clock names no customer: those on it are decided with it. */
async function customersOnClocks(
  tx: Queryable,
  observations: readonly Routed[],
): Promise<CustomerKey[]> {
  const clocks = new Map<string, { scope: Scope; ids: string[] }>()
  for (const { scope, snapshots } of observations) {
    for (const { snapshot } of snapshots) {
      if (snapshot.type !== 'test_clock') continue
      const found = clocks.get(scopedKey(scope, '')) ?? { scope, ids: [] }
      found.ids.push(snapshot.object)
      clocks.set(scopedKey(scope, ''), found)
    }
  }
  const customers: CustomerKey[] = []
  for (const { scope, ids } of clocks.values()) {
    customers.push(...(await readCustomersOnClocks(tx, scope.account, scope.livemode, ids)))
  }
  return customers
}
