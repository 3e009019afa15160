import type { Queryable } from '../../store/database.ts'
import { writeLedgers } from '../../store/statements/usage-ledgers.ts'
import { writeBurned } from '../../store/statements/usage-unfolded.ts'
import { publishAlerts } from './publish-alerts.ts'
import type { Standing } from './standing.ts'
import { dueAlerts, remembering, type AlertMemory } from './usage-alerts.ts'

/** A ledger that was used, and what it had told before. */
export interface Changed {
  standing: Standing
  memory: AlertMemory
}

/**
 * Writes ledgers, and what they have counted of tracked usage; answers the position of the last alert,
 * null: none was written. Alerts go first: the ledgers remember those that went out.
 */
export async function writeStandings(
  tx: Queryable,
  changed: readonly Changed[],
): Promise<number | null> {
  if (changed.length === 0) return null
  const judged = changed.map(({ standing, memory }) => ({
    standing,
    memory,
    reasons: dueAlerts(standing, memory),
  }))
  const position = await publishAlerts(
    tx,
    judged.filter(({ reasons }) => reasons.length > 0),
  )
  await writeLedgers(
    tx,
    judged.map(({ standing: { folded, id, ledger }, memory, reasons }) => ({
      ...{ id, folded },
      ledger: JSON.stringify(ledger),
      alerts: JSON.stringify(position === null ? memory : remembering(memory, reasons)),
    })),
  )
  await writeSpends(tx, ...changed.map(({ standing }) => standing))
  return position
}

/** Notes on record what folded uses took, once. */
export async function writeSpends(tx: Queryable, ...standings: readonly Standing[]): Promise<void> {
  const burned = standings.flatMap((standing) =>
    standing.spends.map((spend) => ({ ...spend, ledger: standing.id })),
  )
  if (burned.length > 0) await writeBurned(tx, burned)
  for (const standing of standings) standing.spends = []
}
