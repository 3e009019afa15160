import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Price, Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { planOf } from '../prices/plan-of.ts'
import { step } from './calendar.ts'
import { sameInterval } from './new-cycle.ts'
import { recurrenceOf } from './prices-for.ts'
import type { ItemInput, SubscriptionInput } from './subscription-input.ts'

const OTHER_STARTS = [
  'backdate_start_date',
  'billing_cycle_anchor',
  'billing_cycle_anchor_config',
  'trial_end',
  'trial_from_plan',
  'trial_period_days',
] as const

/**
 * Items that name a trial offer, at its price (stripe-facts row 20).
 * @throws {StripeError} 400 for an offer that is missing or inactive, another price beside it, or
 * another trial or start of the cycle, which the sandbox does not play together.
 */
export function withOffers(world: World, input: SubscriptionInput): SubscriptionInput {
  if (input.items.every((item) => item.current_trial === undefined)) return input
  for (const param of OTHER_STARTS) {
    if (input[param] !== undefined) {
      throw invalidRequest(`You cannot set \`${param}\` for a subscription with trial offers.`, {
        param,
      })
    }
  }
  return {
    ...input,
    items: input.items.map((item, at): ItemInput => {
      if (item.current_trial === undefined) return item
      const param = `items[${String(at)}]`
      const offerParam = `${param}[current_trial][trial_offer]`
      const { trial_offer: id } = item.current_trial
      const offer = inParameter(world, 'product_catalog.trial_offer', id, offerParam)
      if (!offer.active) {
        throw invalidRequest(`The trial offer ${id} is inactive.`, { param: offerParam })
      }
      if (item.price !== undefined && item.price !== offer.price) {
        throw invalidRequest(`The trial offer ${id} is for the price ${offer.price}.`, {
          param: `${param}[price]`,
        })
      }
      return { ...item, price: offer.price }
    }),
  }
}

/** What a new item shows of the offer it begins with. */
export function trialOf(
  world: World,
  { current_trial: asked }: ItemInput,
  price: Price,
  start: number,
): SubscriptionItem['current_trial'] {
  if (asked === undefined) return null
  const offer = world.must('product_catalog.trial_offer', asked.trial_offer)
  const iterations = offer.duration.relative?.iterations ?? 1
  return {
    end_date: step(start, recurrenceOf(price), iterations),
    start_date: start,
    trial_offer: offer.id,
  }
}

/**
 * A subscription as a new cycle finds it `at` a time, Unix seconds: items whose offer ended with their
 * period go on at the price after it. Its status says nothing of offers: which one Stripe gives is not known (row 20),
 * and they are billed like any price, so it is `active`.
 */
export function afterOffers(world: World, subscription: Subscription, at: number): Subscription {
  const { data } = subscription.items
  const after = data.map((item) => (item.current_period_end > at ? item : afterOffer(world, item)))
  if (after.every((item, index) => item === data[index])) return subscription
  // With another interval the cycle starts anew, where no other item goes by the old one.
  const moves = after.every((item, index) => {
    const before = data[index]
    return before !== undefined && item !== before && !sameInterval(item, before)
  })
  return {
    ...subscription,
    billing_cycle_anchor: moves ? at : subscription.billing_cycle_anchor,
    items: { ...subscription.items, data: after },
  }
}

function afterOffer(world: World, item: SubscriptionItem): SubscriptionItem {
  const trial = item.current_trial
  if (trial === null || trial.end_date > item.current_period_end) return item
  const offer = world.must('product_catalog.trial_offer', trial.trial_offer)
  const price = world.must('price', offer.end_behavior.transition?.price ?? offer.price)
  return { ...item, current_trial: null, plan: planOf(price) ?? item.plan, price }
}
