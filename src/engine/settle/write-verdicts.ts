import type { Catalog } from '../../core/compile-catalog.ts'
import type { Hold } from '../../core/hold.ts'
import type { Queryable } from '../../store/database.ts'
import { appendChanges, takePositions } from '../../store/statements/changes.ts'
import { writeCustomers } from '../../store/statements/customers.ts'
import { storedRow, type NewChange, type Verdict } from './verdict.ts'

export async function writeVerdicts(
  tx: Queryable,
  verdicts: readonly Verdict[],
  catalog: Catalog,
  hold: Hold | null,
): Promise<void> {
  if (verdicts.length === 0) return
  await writeCustomers(
    tx,
    verdicts.map((verdict) => storedRow(verdict, catalog, hold)),
  )
}

/**
 * Gives changes their positions; answers the last one, or null. It comes last in a transaction: from
 * here to the commit all others that have changes wait, so we may wait for nobody any more.
 */
export async function publish(
  tx: Queryable,
  changes: readonly NewChange[],
): Promise<number | null> {
  if (changes.length === 0) return null
  const first = await takePositions(tx, changes.length)
  await appendChanges(
    tx,
    changes.map((change, index) => ({ ...change, position: first + index + 1 })),
  )
  return first + changes.length
}
