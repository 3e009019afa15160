import { createSandbox } from '../../sandbox/index.ts'
import type { Sandbox } from '../../sandbox/index.ts'

/** An event as Stripe's API shows it. */
export interface StoryEvent {
  readonly id: string
  readonly type: string
  readonly created: number
  readonly data: { readonly object: Readonly<Record<string, unknown>> }
}

/** One thing that happens, with every event Stripe tells it by. */
export interface Act {
  title: string
  events: StoryEvent[]
  /** In how many parts they are posted, access being looked at after each. */
  parts: number
}

/** The app's own id of the story's customer. */
export const STORY_CUSTOMER = 'ada'

const SEATS = 5
const PRO_PRICE = 'price_sample_pro_monthly'

/** A card purchase of a subscription through Checkout, then a cancellation at the period's end. */
export async function actStory(sandbox: Sandbox): Promise<Act[]> {
  const stripe = sandbox.client()
  const before = sandbox.events().length
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: PRO_PRICE, quantity: SEATS }],
    client_reference_id: STORY_CUSTOMER,
    subscription_data: { metadata: { customer_id: STORY_CUSTOMER } },
    success_url: `${sandbox.url}/shop/thanks?session_id={CHECKOUT_SESSION_ID}`,
  })
  const paid = await sandbox.pay(session, { email: `${STORY_CUSTOMER}@example.test` })
  const bought = await eventsFrom(sandbox, before)
  await stripe.subscriptions.update(String(paid.subscription), { cancel_at_period_end: true })
  const canceled = await eventsFrom(sandbox, before + bought.length)
  return [
    {
      title: `Ada buys Pro with ${SEATS} seats, by card, through Checkout`,
      events: bought,
      parts: 3,
    },
    {
      title: 'Ada cancels at the end of the month she has paid for',
      events: canceled,
      parts: 1,
    },
  ]
}

/**
 * The same story in a sandbox of its own.
 *
 * @param seed makes all Stripe ids of the story its own.
 * @param startedAt Unix seconds of the purchase.
 */
export async function sampleStory(seed: string, startedAt: number): Promise<Act[]> {
  const sandbox = await createSandbox({ seed, now: startedAt, shop: true })
  try {
    return await actStory(sandbox)
  } finally {
    await sandbox.close()
  }
}

/** The events after the first `skipped`, oldest first, rendered as Stripe renders them. */
async function eventsFrom(sandbox: Sandbox, skipped: number): Promise<StoryEvent[]> {
  const stripe = sandbox.client()
  return Promise.all(
    sandbox
      .events()
      .slice(skipped)
      .map(async ({ id }): Promise<StoryEvent> => {
        const answer: unknown = await stripe.rawRequest('GET', `/v1/events/${id}`)
        return answer as StoryEvent
      }),
  )
}
