import { inParameter } from '../../protocol/find.ts'
import { mergeMetadata } from '../../protocol/parameters.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Subscription, SubscriptionItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { planOf } from '../prices/plan-of.ts'
import { periodAround, type Period } from './calendar.ts'
import { cutShort } from './period-items.ts'
import { makeItem, refuseItems, refuseQuantity, taxRates } from './make-item.ts'
import { chosenPrice, isMetered, recurrenceOf, refuseOtherCurrency } from './prices-for.ts'
import type { ItemInput } from './subscription-input.ts'

/**
 * A subscription's items after a change of some: `id` names one to change or drop, none adds. Their
 * discounts are given by `withItemDiscounts`, once the change is carried out.
 * @throws {StripeError} 400 where an id is not its own, or the items do not go together.
 */
export function changedItems(
  world: World,
  subscription: Subscription,
  inputs: readonly ItemInput[] | undefined,
): readonly SubscriptionItem[] {
  if (inputs === undefined) return subscription.items.data
  let items = [...subscription.items.data]
  inputs.forEach((input, at) => {
    const param = `items[${String(at)}]`
    if (input.id === undefined) {
      items.push(addedItem(world, subscription, input, param))
      return
    }
    const old = items.find(({ id }) => id === input.id)
    if (old === undefined) {
      inParameter(world, 'subscription_item', input.id, `${param}[id]`, 'subscription item')
      throw invalidRequest(`No such subscription item on this subscription: '${input.id}'`, {
        code: 'resource_missing',
        param: `${param}[id]`,
      })
    }
    items =
      input.deleted === true
        ? items.filter((item) => item !== old)
        : items.map((item) =>
            item === old ? changedItem(world, subscription, old, input, param) : item,
          )
  })
  refuseItems(items, subscription.billing_mode.type === 'classic' ? 'classic' : 'flexible')
  return items
}

function addedItem(
  world: World,
  subscription: Subscription,
  input: ItemInput,
  param: string,
): SubscriptionItem {
  const price = chosenPrice(world, input, { type: 'recurring', param })
  refuseOtherCurrency(price, subscription.currency, `${param}[price]`)
  const now = world.now(subscription.customer)
  return makeItem(world, subscription.id, input, {
    price,
    period: periodNow(subscription, recurrenceOf(price), now),
    now,
    param,
  })
}

function changedItem(
  world: World,
  subscription: Subscription,
  old: SubscriptionItem,
  input: ItemInput,
  param: string,
): SubscriptionItem {
  const isNewPrice =
    (input.price ?? input.plan ?? old.price.id) !== old.price.id || input.price_data !== undefined
  const price = isNewPrice ? chosenPrice(world, input, { type: 'recurring', param }) : old.price
  refuseOtherCurrency(price, subscription.currency, `${param}[price]`)
  refuseQuantity(price, input.quantity, param)
  const { quantity: before, ...rest } = old
  const rates = taxRates(world, input.tax_rates, `${param}[tax_rates]`)
  return {
    ...rest,
    ...(isMetered(price) ? {} : { quantity: input.quantity ?? before ?? 1 }),
    metadata: mergeMetadata(old.metadata, input.metadata),
    plan: planOf(price) ?? old.plan,
    price,
    tax_rates: input.tax_rates === null ? [] : (rates ?? old.tax_rates),
  }
}

/** The period of the cycle in which an item joins; a trial has the one period of all. */
export function periodNow(
  subscription: Subscription,
  recurrence: Parameters<typeof periodAround>[1],
  now: number,
): Period {
  const { trial_end: trialEnd, status } = subscription
  if (status === 'trialing' && trialEnd !== null) {
    return { start: subscription.trial_start ?? now, end: trialEnd }
  }
  const whole = periodAround(subscription.billing_cycle_anchor, recurrence, now)
  const start = Math.max(whole.start, Math.min(now, subscription.start_date))
  return { start, end: cutShort(subscription, start, whole.end) }
}
