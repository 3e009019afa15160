import { finalise, release } from '../../core/usage/hold.ts'
import type { Ending } from './operation.ts'
import { rowOf, uncountable, type Applied } from './apply-use.ts'
import type { Standing } from './standing.ts'
import type { Recorded } from './usage-answer.ts'

/** A reservation that was granted. */
export interface Reservation {
  quantity: number
  /** Unix seconds of the work. */
  at: number
}

/**
 * What the end of a reservation does to the ledger. One that has expired was given back by the clock:
 * what its work cost is recorded all the same, however long ago the work began: the reservation was made
 * in time, and what has happened is not to be lost.
 */
export function applyEnding(standing: Standing, ending: Ending, reservation: Reservation): Applied {
  const { id, kind, quantity } = ending
  const { at } = reservation
  const recorded: Recorded = {
    kind,
    id,
    quantity,
    over: 0,
    at,
    isRefused: false,
    expiresAt: null,
    reserved: reservation.quantity,
  }
  if (kind === 'release') {
    const ledger = release(standing.ledger, id)
    return { ledger, recorded, row: rowOf(standing, recorded, []) }
  }
  const spent = finalise(standing.ledger, id, quantity, at)
  if (!spent.ok) throw uncountable(quantity)
  const done = { ...recorded, over: spent.over }
  return { ledger: spent.ledger, recorded: done, row: rowOf(standing, done, spent.burned) }
}
