import type { Queryable } from '../../store/database.ts'
import { lockLedgers, type LedgerKey } from '../../store/statements/usage-ledgers.ts'
import {
  forgetUnfolded,
  pickUnfolded,
  readBehind,
  type BehindLedger,
  type UnfoldedBatch,
} from '../../store/statements/usage-unfolded.ts'
import { compareText } from '../../core/canonical.ts'
import { createFoldPlace } from './fold-place.ts'
import {
  ledgerKey,
  loadStandings,
  type Acquaintance,
  type StandingSource,
} from './load-standings.ts'
import { LookAgain, type UntilCommitted } from './until-committed.ts'
import { currentMemory } from './usage-alerts.ts'
import { writeStandings, type Written } from './write-standings.ts'

export interface FoldOptions {
  source: StandingSource
  untilCommitted: UntilCommitted
  /** After a commit: what it told of, and could not. */
  committed: (written: Written) => void
}

export interface FoldLimits {
  /** What was recorded just now waits for more, to be counted together. */
  olderThanSeconds: number
}

/** Transactions of `track` that one fold looks at, and the ledgers it locks at most (of one of them: all). */
const BATCHES = 500
const LEDGERS = 250

/**
 * Counts tracked usage in the ledgers nobody has asked for since, so that alerts go out. Its list of
 * work is a table that every process writes with what it records and any process takes from: what one
 * leaves behind another finds. Answers whether there may be more.
 */
export function createFold({ source, untilCommitted, committed }: FoldOptions) {
  const place = createFoldPlace()

  return async function foldOnce({ olderThanSeconds }: FoldLimits): Promise<boolean> {
    const done = await untilCommitted(async (tx, acquainted) => {
      const after = place.after()
      const picked = await pickUnfolded(tx, { after, olderThanSeconds, limit: BATCHES })
      const { batches, ledgers } = firstOf(picked)
      if (batches.length === 0) return { position: null, untold: [], passed: null, hasMore: false }
      const { known, unknown } = byCatalog(source, await readBehind(tx, ledgers))
      const written = await foldLedgers(tx, source, known, acquainted)
      const forgotten = batches.filter((batch) => isToForget(batch, unknown))
      await forgetUnfolded(
        tx,
        forgotten.map(({ seq }) => seq),
      )
      const isAnyLeft = forgotten.length < batches.length
      return {
        ...written,
        passed: isAnyLeft ? (batches.at(-1)?.seq ?? null) : null,
        hasMore: batches.length < picked.length || picked.length === BATCHES,
      }
    })
    if (done.passed !== null) place.pass(done.passed)
    if (!done.hasMore) place.ended()
    committed(done)
    return done.hasMore
  }
}

/** Brings ledgers up to what is on record and given now, as a use does it, and tells what is due. */
export async function foldLedgers(
  tx: Queryable,
  source: StandingSource,
  behind: readonly LedgerKey[],
  acquainted: Acquaintance,
): Promise<Written> {
  if (behind.length === 0) return { position: null, untold: [] }
  const keys = behind.toSorted((a, b) => compareText(ledgerKey(a), ledgerKey(b)))
  await lockLedgers(tx, keys)
  const { standings, due, isNews } = await loadStandings(tx, source, keys, acquainted)
  if (isNews || due.length > 0) throw new LookAgain(due)
  return writeStandings(
    tx,
    [...standings.values()].map((standing) => ({
      standing,
      memory: standing.memory ?? currentMemory(standing),
    })),
  )
}

/** Of a feature that this catalog does not have: a newer one may have it. */
function byCatalog({ catalog }: StandingSource, behind: readonly BehindLedger[]) {
  const isKnown = ({ feature }: BehindLedger) => catalog.features.has(feature)
  const unknown = behind.filter((ledger) => !isKnown(ledger))
  return { known: behind.filter(isKnown), unknown: new Set(unknown.map(({ id }) => id)) }
}

/**
 * What this process cannot count stays for one that can, for a day: a feature that has left the catalog
 * is told of no more. Its uses stay on record, and are counted if it comes back.
 */
function isToForget({ is_old: isOld, ledgers }: UnfoldedBatch, unknown: ReadonlySet<bigint>) {
  return isOld || !ledgers.some((ledger) => unknown.has(ledger))
}

function firstOf(picked: readonly UnfoldedBatch[]) {
  const ledgers = new Set<bigint>()
  const batches: UnfoldedBatch[] = []
  for (const batch of picked) {
    if (batches.length > 0 && ledgers.size + batch.ledgers.length > LEDGERS) break
    batches.push(batch)
    for (const ledger of batch.ledgers) ledgers.add(ledger)
  }
  return { batches, ledgers: [...ledgers] }
}
