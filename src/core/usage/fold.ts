import type { Burn, Ledger } from './ledger.ts'
import { take, unitsLeft } from './take.ts'

/** Usage that is on record in full, and that the ledger does not count yet. */
export interface Tracked {
  /** Whole units, at least 1. */
  quantity: number
  /** Unix seconds of the usage: whose allowances it burns. */
  at: number
}

export interface Folded {
  ledger: Ledger
  /** What each of them burned, in their order. */
  burned: readonly (readonly Burn[])[]
}

/**
 * Counts what was tracked, in the order given. It has happened and is on record, so none of it is
 * refused: a sum that no number holds exactly stops at the last one that does.
 */
export function fold(ledger: Ledger, tracked: readonly Tracked[]): Folded {
  const burned: (readonly Burn[])[] = []
  let folded = ledger
  for (const { at, quantity } of tracked) {
    const units = Math.min(quantity, unitsLeft(folded))
    const taken =
      units === 0 ? null : take(folded, { quantity: units, at, mode: 'track', isAllowed: true })
    burned.push(taken?.burned ?? [])
    folded = taken?.ledger ?? folded
  }
  return { ledger: folded, burned }
}
