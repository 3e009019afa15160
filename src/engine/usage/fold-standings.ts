import { fold } from '../../core/usage/fold.ts'
import type { Burn } from '../../core/usage/ledger.ts'
import type { Queryable } from '../../store/database.ts'
import { readUnfolded, type UnfoldedRow } from '../../store/statements/usage-unfolded.ts'
import type { Standing } from './standing.ts'
import { currentMemory } from './usage-alerts.ts'

/**
 * Brings standings up to what was tracked since their ledgers were written. Under the lock of the
 * ledger, and written with it, each use is counted once; without, it is what the next one will find.
 */
export async function foldStandings(db: Queryable, behind: readonly Standing[]): Promise<void> {
  if (behind.length === 0) return
  const rows = await readUnfolded(
    db,
    behind.map(({ id, folded, type }) => ({ ledger: id, folded, isSingle: type === 'credits' })),
  )
  const rowsOf = new Map<bigint, UnfoldedRow[]>()
  for (const row of rows) {
    const own = rowsOf.get(row.ledger)
    if (own === undefined) rowsOf.set(row.ledger, [row])
    else own.push(row)
  }
  for (const standing of behind) foldStanding(standing, rowsOf.get(standing.id) ?? [])
}

/** Of credits each use is told in the history; a metered unit is like any other of its second. */
function foldStanding(standing: Standing, rows: readonly UnfoldedRow[]): void {
  if (rows.length === 0) return
  standing.memory = currentMemory(standing)
  const tracked = rows.map(({ at, quantity }) => ({ at: Number(at), quantity: Number(quantity) }))
  const { burned, ledger } = fold(standing.ledger, tracked)
  standing.ledger = ledger
  for (const [index, { at, id, seq }] of rows.entries()) {
    if (seq > standing.folded) standing.folded = seq
    if (id === null) continue
    const parts = burned[index] ?? []
    standing.spends.push({ id, seq, at: Number(at), burned: parts, over: overOf(parts) })
  }
}

function overOf(burned: readonly Burn[]): number {
  return burned.reduce((sum, { isOver, quantity }) => sum + (isOver === true ? quantity : 0), 0)
}
