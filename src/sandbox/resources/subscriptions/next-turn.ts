import type { Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { openIntentOf } from '../invoices/invoice-intent.ts'

/** An unpaid first invoice is waited for this long (stripe-facts row 51). */
const FIRST_PAYMENT_SECONDS = 23 * 3_600

/** As long for a US account that micro-deposits are to verify, within the first period (row 25). */
const MICRODEPOSIT_SECONDS = 10 * 86_400

/** `trial_will_end` comes this long before (stripe-facts row 12). */
export const TRIAL_WARNING_SECONDS = 3 * 86_400

export const TURN = 'subscription.turn'

/**
 * A subscription has one job: its next turn, whatever that will be. So what falls on the same second
 * has one order, and a renewal costs the same however many other subscriptions there are.
 */
export function scheduleTurn(world: World, subscription: Subscription): void {
  const at = nextTurnAt(world, subscription)
  if (at === null) world.unschedule(subscription.customer, TURN, subscription.id)
  else world.schedule(subscription.customer, { at, name: TURN, id: subscription.id })
}

/** Unix seconds at which a subscription that is still incomplete expires. */
export function firstPaymentEnd(world: World, subscription: Subscription): number {
  const { created, items, latest_invoice: invoice } = subscription
  const action = invoice === null ? null : openIntentOf(world, String(invoice))?.next_action
  return action?.type === 'verify_with_microdeposits'
    ? Math.min(created + MICRODEPOSIT_SECONDS, ...items.data.map((item) => item.current_period_end))
    : created + FIRST_PAYMENT_SECONDS
}

/**
 * Unix seconds at which a pending update is given up. Not while its payment is processing: Stripe voids
 * no invoice then, so the debit's end decides.
 */
export function updateEndsAt(world: World, { id, pending_update }: Subscription): number | null {
  const invoice = world.get('~subscription', id)?.pendingInvoice ?? null
  const isUnderWay = invoice !== null && openIntentOf(world, invoice)?.status === 'processing'
  return isUnderWay ? null : (pending_update?.expires_at ?? null)
}

/** Unix seconds, or null where nothing will happen by itself. */
export function nextTurnAt(world: World, subscription: Subscription): number | null {
  const { status } = subscription
  if (status === 'canceled' || status === 'incomplete_expired') return null
  const record = world.get('~subscription', subscription.id)
  const times: (number | null | undefined)[] = [
    subscription.cancel_at,
    subscription.pause_collection?.resumes_at,
    updateEndsAt(world, subscription),
    record?.givesUpAt,
    record?.resume?.expiresAt,
  ]
  if (status === 'incomplete') times.push(firstPaymentEnd(world, subscription))
  else if (status !== 'paused') {
    times.push(...subscription.items.data.map((item) => item.current_period_end))
    if (status === 'trialing' && record?.warnedOfTrialEnd !== subscription.trial_end) {
      times.push((subscription.trial_end ?? 0) - TRIAL_WARNING_SECONDS)
    }
  }
  const due = times.filter((at) => at !== null && at !== undefined)
  return due.length === 0 ? null : Math.min(...due)
}
