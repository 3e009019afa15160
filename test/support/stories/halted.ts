import type { Json } from '../stripe/index.ts'
import { isMoney, type Policies } from './money.ts'
import type { WitnessSource } from './story.ts'
import { isJoined, latestOf, mentions, type Sight } from './taken-back.ts'

/** What a subset shows of one subscription. */
export interface View {
  sights: readonly Sight[]
  snapshots: readonly Sight[]
  invoices: readonly Sight[]
  policy: Policies
  isArrears: boolean
}

/** Ended for good, or its customer deleted. */
export function isOver(source: WitnessSource, { sights, snapshots }: View): boolean {
  const isEnded = snapshots.some(
    ({ object }) =>
      ['canceled', 'incomplete_expired'].includes(String(object['status'])) ||
      object['ended_at'] !== null,
  )
  const deleted = sights.filter(({ type }) => type === 'customer.deleted')
  return (
    isEnded ||
    deleted.some(({ object }) =>
      sights.some(
        (sight) => mentions(sight.object, source.root) && sight.object['customer'] === object['id'],
      ),
    )
  )
}

/**
 * Everything that may be the latest word says: paused, past its date of cancellation, or unpaid with
 * its latest invoice not known as paid (paying that one revives it, stripe-facts row 46).
 */
export function isHalted(view: View, at: number): boolean {
  if (view.snapshots.length === 0) return false
  return latestOf(view.snapshots).every(
    ({ at: told, object }) =>
      (object['status'] === 'unpaid' && !isRevived(object, told, view)) ||
      object['status'] === 'paused' ||
      (typeof object['cancel_at'] === 'number' && object['cancel_at'] < at),
  )
}

function isRevived(subscription: Json, told: number, { sights, invoices }: View): boolean {
  return invoices.some(
    ({ object: invoice }) =>
      (invoice['id'] === subscription['latest_invoice'] || Number(invoice['created']) > told) &&
      sights.some(
        ({ object }) => isMoney(object) && isJoined(sights, object, String(invoice['id'])),
      ),
  )
}
