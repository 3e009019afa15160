import type { FeatureAccess, Reason } from '../../core/decision.ts'
import { isLockTimeout } from '../../store/connection-errors.ts'
import type { Queryable } from '../../store/database.ts'
import { setLockTimeout } from '../../store/statements/lock-timeout.ts'
import { holdAccess } from '../../store/statements/usage-customers.ts'
import { scopedKey } from '../settle/keys.ts'
import { NOTHING, type NewChange } from '../settle/verdict.ts'
import { publish } from '../settle/write-verdicts.ts'
import type { Standing } from './standing.ts'

export interface ToTell {
  standing: Standing
  reasons: readonly Reason[]
}

/** Milliseconds that usage waits for whoever decides a customer or rebuilds everything. */
const PATIENCE = 200

/**
 * Writes alerts as changes that leave access as it is stored, so that the chain of changes holds;
 * answers the feed's position. null: somebody holds a customer or the feed for long, and what this use
 * could not tell is told a moment later. Nobody's usage waits for an alert.
 */
export async function publishAlerts(
  tx: Queryable,
  told: readonly ToTell[],
): Promise<number | null> {
  if (told.length === 0) return null
  await tx.query('savepoint alerts')
  try {
    await setLockTimeout(tx, PATIENCE)
    return await publish(tx, await changesOf(tx, told))
  } catch (error) {
    if (!isLockTimeout(error)) throw error
    await tx.query('rollback to savepoint alerts')
    return null
  }
}

async function changesOf(tx: Queryable, told: readonly ToTell[]): Promise<NewChange[]> {
  const held = await holdAccess(
    tx,
    told.map(({ standing }) => standing),
  )
  const accessOf = new Map(held.map((row) => [scopedKey(row, row.customer), row.access]))
  return told.flatMap(({ standing, reasons }) => {
    const { account, livemode, customer, feature, now } = standing
    const access = accessOf.get(scopedKey(standing, customer)) ?? {}
    let before = Object.hasOwn(access, feature) ? (access[feature] as FeatureAccess) : NOTHING
    return reasons.map((reason): NewChange => {
      const after = { ...before, reasons: [reason, ...before.reasons] }
      const change = {
        account,
        livemode,
        customer,
        feature,
        before,
        after,
        cause: 'usage',
        observations: [],
        decided_at: now,
      }
      before = after
      return change
    })
  })
}
