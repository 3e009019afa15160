import { createPurchase } from './purchase.ts'
import type { StoryEvent } from './purchase.ts'

/** One thing that happens, with every event Stripe tells it by. */
export interface Act {
  title: string
  events: StoryEvent[]
  /** In how many parts they are posted, access being looked at after each. */
  parts: number
}

/** The app's own id of the story's customer. */
export const STORY_CUSTOMER = 'ada'

/**
 * A card purchase of a subscription through Checkout, then a cancellation at the period's end.
 *
 * @param id makes all Stripe ids of the story its own.
 * @param startedAt Unix seconds of the purchase.
 */
export function sampleStory(id: string, startedAt: number): Act[] {
  const purchase = createPurchase({ story: id, customer: STORY_CUSTOMER, startedAt, seats: 5 })
  return [
    {
      title: 'Ada buys Pro with 5 seats, by card, through Checkout',
      events: purchase.bought(),
      parts: 3,
    },
    {
      title: 'Ada cancels at the end of the month she has paid for',
      events: purchase.canceledAtPeriodEnd(startedAt + 30),
      parts: 1,
    },
  ]
}
