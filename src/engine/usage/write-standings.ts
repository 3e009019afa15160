import type { Queryable } from '../../store/database.ts'
import { writeLedgers, type LedgerKey } from '../../store/statements/usage-ledgers.ts'
import { writeBurned } from '../../store/statements/usage-unfolded.ts'
import { publishAlerts } from './publish-alerts.ts'
import type { Standing } from './standing.ts'
import { dueAlerts, memoryText, remembering, type AlertMemory } from './usage-alerts.ts'

/** A ledger that was used, and what it had told before. */
export interface Changed {
  standing: Standing
  memory: AlertMemory
}

export interface Written {
  /** Of the last alert written; null: none was. */
  position: number | null
  /** Ledgers whose alerts could not be written now. */
  untold: LedgerKey[]
}

/**
 * Writes ledgers, and what they have counted of tracked usage. Alerts go first: the ledgers remember
 * those that went out.
 */
export async function writeStandings(tx: Queryable, changed: readonly Changed[]): Promise<Written> {
  if (changed.length === 0) return { position: null, untold: [] }
  const judged = changed.map(({ standing, memory }) => ({
    standing,
    memory,
    reasons: dueAlerts(standing, memory),
  }))
  const toTell = judged.filter(({ reasons }) => reasons.length > 0)
  const position = await publishAlerts(tx, toTell)
  await writeLedgers(
    tx,
    judged.map(({ standing: { folded, id, ledger }, memory, reasons }) => ({
      ...{ id, folded },
      ledger: JSON.stringify(ledger),
      alerts: memoryText(position === null ? memory : remembering(memory, reasons)),
    })),
  )
  await writeSpends(tx, ...changed.map(({ standing }) => standing))
  return { position, untold: position === null ? toTell.map(({ standing }) => standing) : [] }
}

/** Notes on record what folded uses took, once. */
export async function writeSpends(tx: Queryable, ...standings: readonly Standing[]): Promise<void> {
  const burned = standings.flatMap((standing) =>
    standing.spends.map((spend) => ({ ...spend, ledger: standing.id })),
  )
  if (burned.length > 0) await writeBurned(tx, burned)
  for (const standing of standings) standing.spends = []
}
