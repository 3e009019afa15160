import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Subscription, SubscriptionItem } from '../../tables.ts'
import { isMetered } from './prices-for.ts'
import type { BillingThresholdsInput } from './subscription-input.ts'

/**
 * The sum at which usage is billed before its period is over (stripe-facts row 38); null: never.
 * @throws {StripeError} 400 where the cycle is to start anew with licensed items, which the sandbox
 * does not play.
 */
export function billingThresholds(
  input: BillingThresholdsInput | null | undefined,
  items: readonly SubscriptionItem[],
): Subscription['billing_thresholds'] {
  if (input === null || input?.amount_gte === undefined) return null
  const resets = input.reset_billing_cycle_anchor ?? false
  if (resets && !items.every((item) => isMetered(item.price))) {
    throw invalidRequest(
      '`billing_thresholds[reset_billing_cycle_anchor]` is offered for subscriptions of metered prices only.',
      { param: 'billing_thresholds[reset_billing_cycle_anchor]' },
    )
  }
  return { amount_gte: input.amount_gte, reset_billing_cycle_anchor: resets }
}
