import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { afterBill, billSubscription } from './bill.ts'
import { itemList } from './change-subscription.ts'
import { pauseSubscription } from './pause.ts'
import { expirePendingUpdate } from './pending-update.ts'
import { isMetered } from './prices-for.ts'
import { applyProrations, creditsFor, usageFor, type Proration } from './proration.ts'
import { noteUsageBilled } from './usage-start.ts'

export interface PauseInput {
  /** From when unused time is credited. */
  readonly unusedTime: 'now' | 'none' | 'item_current_period_start'
  readonly outstandingUsage: 'now' | 'none'
  readonly invoicing: 'invoice' | 'pending_invoice_item'
}

/**
 * The pause endpoint (stripe-facts row 66): the running periods end now, what they had left is
 * credited, what was used is billed.
 * @throws {StripeError} 400 for a subscription that cannot be paused.
 */
export function pauseNow(world: World, id: string, input: PauseInput): Subscription {
  const subscription = world.must('subscription', id)
  refusePause(subscription)
  // "Any pending updates are cleared" (docs: pause).
  if (subscription.pending_update !== null) expirePendingUpdate(world, id)
  const now = world.now(subscription.customer)
  const { data } = subscription.items
  const credits =
    input.unusedTime === 'none'
      ? []
      : data.flatMap((item): Proration[] => {
          const from = input.unusedTime === 'now' ? now : item.current_period_start
          return creditsFor(world, subscription, item, from)
        })
  const usage =
    input.outstandingUsage === 'none'
      ? []
      : data.flatMap((item) => usageFor(world, subscription, item, now))
  const made = [...credits, ...usage]
  const invoiceId = input.invoicing === 'invoice' && made.length > 0 ? world.id('in') : undefined
  const lines = applyProrations(world, subscription, made, invoiceId ?? null)
  for (const item of data) if (isMetered(item.price)) noteUsageBilled(world, item.id, now)
  const items = data.map((item): SubscriptionItem => ({ ...item, current_period_end: now }))
  const invoice =
    invoiceId !== undefined
      ? billSubscription(world, subscription, {
          id: invoiceId,
          reason: 'subscription_update',
          lines,
          autoAdvance: true,
          periodStart: now,
          periodEnd: now,
        })
      : null
  return pauseSubscription(world, id, 'pause_requested', {
    items: itemList(id, items),
    ...(invoice === null ? {} : afterBill(world, subscription, invoice)),
  })
}

function refusePause(subscription: Subscription): void {
  const { status } = subscription
  const because =
    subscription.billing_mode.type !== 'flexible'
      ? 'its billing mode is not flexible'
      : subscription.collection_method !== 'charge_automatically'
        ? 'it does not charge automatically'
        : subscription.schedule !== null
          ? 'it is attached to a schedule'
          : status !== 'active' && status !== 'past_due'
            ? `its status is ${status}`
            : null
  if (because !== null) {
    throw invalidRequest(`The subscription cannot be paused because ${because}.`)
  }
}
