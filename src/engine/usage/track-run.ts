import type { Catalog } from '../../core/compile-catalog.ts'
import { isProvisoError } from '../../errors.ts'
import type { Database } from '../../store/database.ts'
import { findUsage } from '../../store/statements/usage.ts'
import { recordTracked, type NewTracked } from '../../store/statements/usage-track.ts'
import { scopedKey } from '../settle/keys.ts'
import { checkWindow } from './apply-use.ts'
import type { Use } from './operation.ts'
import { KnownUsage } from './placed.ts'
import { assertSameUse } from './replay.ts'
import { readTrackTargets, type TrackTarget } from './track-targets.ts'
import { isRepeatable } from './until-committed.ts'
import type { Outcome } from './usage-batches.ts'
import type { TrackAnswer } from './usage-contract.ts'

/** A use to be recorded, and where; null: where the database can tell at once. */
interface Item {
  use: Use
  target: TrackTarget | null
}

type Told = Outcome<TrackAnswer>

const MAX_ATTEMPTS = 20

export interface TrackRunOptions {
  database: Database
  catalog: Catalog
  /** Unix seconds; null: the database's clock. */
  now: (() => Promise<number>) | null
}

/**
 * Records what was tracked in one statement, which decides nothing: no ledger is locked or read. What
 * it leaves is looked at afterwards: ids that are on record, customers who are on a test clock, have
 * nothing, are called by another's name or use the feature for the first time.
 */
export function createTrackRun({ database, catalog, now }: TrackRunOptions) {
  function rowOf({ use, target }: Item): NewTracked {
    const definition = catalog.features.get(use.feature)
    return {
      account: use.account,
      livemode: use.livemode,
      id: use.id,
      customer: target?.customer ?? use.customer,
      feature: use.feature,
      quantity: use.quantity,
      at: use.at,
      meter: definition?.type === 'metered' ? (definition.meter ?? null) : null,
      ledger: target?.ledger ?? null,
      second: target?.second ?? null,
    }
  }

  async function record(rows: readonly NewTracked[]) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await recordTracked(database, rows, now === null ? null : await now())
      } catch (error) {
        // Two that record the same ids in another order may wait for each other.
        if (attempt === MAX_ATTEMPTS || !isRepeatable(error)) throw error
      }
    }
  }

  /** What became of those that were not recorded; absent: with its ledger it can be. */
  async function lookAt(uses: readonly Use[], seconds: number, told: Map<Use, Told>) {
    const targets = await readTrackTargets(database, uses)
    const ids = uses.filter(({ isIdGiven }) => isIdGiven)
    const known = new KnownUsage(ids.length === 0 ? [] : await findUsage(database, ids))
    return uses.flatMap((use, index): Item[] => {
      const target = targets[index]
      if (target?.ok !== true) {
        told.set(use, target ?? NO_OUTCOME)
        return []
      }
      const asOf = target.answer.second ?? seconds
      try {
        const held = known.find(use, 0)
        if (held === undefined) {
          checkWindow(use.at ?? asOf, asOf)
          return [{ use, target: target.answer }]
        }
        assertSameUse(use, target.answer.customer, held)
        told.set(use, answered(use, held.customer, Number(held.at), false, asOf))
      } catch (error) {
        if (!isProvisoError(error)) throw error
        told.set(use, { ok: false, error })
      }
      return []
    })
  }

  return async function run(uses: readonly Use[]): Promise<Told[]> {
    const told = new Map<Use, Told>()
    let open = uses.map((use): Item => ({ use, target: null }))
    for (let attempt = 1; open.length > 0 && attempt <= MAX_ATTEMPTS; attempt += 1) {
      const firsts = new Map<string, Item>()
      for (const item of open) {
        const key = scopedKey(item.use, item.use.id)
        if (!firsts.has(key)) firsts.set(key, item)
      }
      const answer = await record([...firsts.values()].map(rowOf))
      const seconds = Number(answer.now)
      for (const key of answer.recorded ?? firsts.keys()) {
        const item = firsts.get(key)
        if (item === undefined) continue
        const { use, target } = item
        const asOf = target?.second ?? seconds
        told.set(use, answered(use, target?.customer ?? use.customer, use.at ?? asOf, true, asOf))
      }
      const left = open.flatMap(({ use }) => (told.has(use) ? [] : use))
      open = left.length === 0 ? [] : await lookAt(left, seconds, told)
    }
    return uses.map((use) => told.get(use) ?? NO_OUTCOME)
  }
}

const NO_OUTCOME: Told = { ok: false, error: new Error('The use has no outcome.') }

function answered(
  { id, feature, quantity }: Use,
  customer: string,
  at: number,
  isNew: boolean,
  asOf: number,
): Told {
  return { ok: true, answer: { id, customer, feature, quantity, at, isNew, asOf } }
}
