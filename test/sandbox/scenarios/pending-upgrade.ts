import type Stripe from 'stripe'
import { at, type Stage } from './stage.ts'
import { failingSubscriber, HOUR, type Subscriber } from './subscriber.ts'

export const ASKED = at('2026-02-14T09:00:00Z')
export const LIFETIME = 23 * HOUR

export interface Pending extends Subscriber {
  readonly big: Stripe.Price
}

/** An upgrade from 29.00 to 58.00 that waits for its payment, its events left in `since()`. */
export async function pendingUpgrade(stage: Stage, when: number = ASKED): Promise<Pending> {
  const subscriber = await failingSubscriber(stage)
  const big = await stage.price({ unit_amount: 5_800 })
  await stage.advanceTo(when)
  stage.mark()
  await stage.api.subscriptions.update(subscriber.subscription.id, {
    items: [{ id: subscriber.item, price: big.id }],
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
  })
  return { ...subscriber, big }
}
