import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Subscription } from '../../tables.ts'
import type { SubscriptionUpdate } from './subscription-input.ts'

/** What can still be said of a subscription that is over (stripe-facts §6.1). */
const AFTER_THE_END = new Set(['metadata', 'cancellation_details'])

/** "A subscription in this status can only have metadata and default_source updated" (SDK). */
const INCOMPLETE = new Set([
  'metadata',
  'default_source',
  'default_payment_method',
  'description',
  'payment_settings',
  'cancellation_details',
  'off_session',
])

/** @throws {StripeError} 400 where the subscription's state does not allow the change. */
export function refuseChange(subscription: Subscription, input: SubscriptionUpdate): void {
  const { status } = subscription
  const asked = Object.entries(input).filter(([, value]) => value !== undefined)
  if (status === 'canceled' || status === 'incomplete_expired') {
    if (asked.some(([name]) => !AFTER_THE_END.has(name))) {
      throw invalidRequest(
        'A canceled subscription can only update its cancellation_details and metadata.',
      )
    }
  } else if (status === 'incomplete') {
    const other = asked.find(([name]) => !INCOMPLETE.has(name))
    if (other !== undefined) {
      throw invalidRequest(
        `You cannot update \`${other[0]}\` of a subscription in status \`incomplete\`: its first invoice must be paid before.`,
        { param: other[0] },
      )
    }
  }
  if (input.days_until_due !== undefined) {
    const method = input.collection_method ?? subscription.collection_method
    if (method !== 'send_invoice') {
      throw invalidRequest(
        '`days_until_due` can only be set when `collection_method` is `send_invoice`.',
        { param: 'days_until_due' },
      )
    }
  }
  const becomesSent =
    input.collection_method === 'send_invoice' &&
    subscription.collection_method !== 'send_invoice' &&
    input.days_until_due === undefined
  if (becomesSent) {
    throw invalidRequest(
      'You must pass in `days_until_due` when `collection_method` is `send_invoice`.',
      { param: 'days_until_due' },
    )
  }
  if (status === 'paused' && input.trial_end !== undefined) {
    throw invalidRequest('You cannot set `trial_end` on a paused subscription: resume it first.', {
      param: 'trial_end',
    })
  }
}

/** What may wait in a pending update (docs: pending updates reference). */
const MAY_PEND = new Set([
  'add_invoice_items',
  'billing_cycle_anchor',
  'discounts',
  'items',
  'off_session',
  'payment_behavior',
  'proration_behavior',
  'proration_date',
  'trial_end',
  'trial_from_plan',
])

/** @throws {StripeError} 400 for parameters that cannot wait for a payment. */
export function refusePendingParameters(input: SubscriptionUpdate): void {
  if (input.payment_behavior !== 'pending_if_incomplete') return
  const other = Object.entries(input).find(
    ([name, value]) => value !== undefined && !MAY_PEND.has(name),
  )
  if (other !== undefined) {
    throw invalidRequest(
      `When \`payment_behavior\` is set to \`pending_if_incomplete\`, you cannot pass \`${other[0]}\`: it is not supported by pending updates.`,
      { param: other[0] },
    )
  }
}
