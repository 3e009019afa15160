import { setTimeout as delay } from 'node:timers/promises'
import { signedRequest } from './signed-event.ts'
import { LIFETIME, PRO, PRO_YEARLY, TEAM } from './stories/catalogs.ts'
import {
  Account,
  buyByCard,
  changeInvoice,
  createByCard,
  Customer,
  DAY,
  HOUR,
  isEvent,
  itemLine,
  renew,
  SHAPES,
  startTrial,
  type StripeEvent,
  subscribeByCard,
  subscribeByDebit,
  type Subscription,
} from './stripe/index.ts'

/** Ago that histories begin: a monthly renewal lies two or three days back, nothing is due today. */
const SINCE = 33 * DAY

/** What one Stripe customer may have lived through. `stripe.now` begins `SINCE` before the present. */
const HISTORIES: readonly ((stripe: Account, customer: Customer) => void)[] = [
  function renews(stripe, customer) {
    const { subscription } = subscribeByCard(stripe, { customer, items: [{ price: PRO }] })
    toRenewal(stripe, subscription).finalize().pay()
  },
  function cancels(stripe, customer) {
    const { subscription } = createByCard(stripe, { customer, items: [{ price: TEAM }] })
    stripe.wait(5 * DAY)
    subscription.update({ cancelAtPeriodEnd: true, cancelAt: subscription.periodEnd })
    stripe.wait(5 * DAY)
    subscription.update({ cancelAtPeriodEnd: false, cancelAt: null })
    toRenewal(stripe, subscription).finalize().pay()
    subscription.update({ cancelAtPeriodEnd: true, cancelAt: subscription.periodEnd })
  },
  function buysForGood(stripe, customer) {
    buyByCard(stripe, { customer, price: LIFETIME, metadata: { proviso_product: 'lifetime' } })
  },
  function takesMoreSeats(stripe, customer) {
    const items = [{ price: PRO_YEARLY, quantity: 2 }]
    const { subscription } = subscribeByCard(stripe, { customer, items })
    stripe.wait(10 * DAY)
    const line = itemLine(subscription.item, { quantity: 3, isProration: true })
    changeInvoice(subscription, [{ ...line, periodStart: stripe.now }])
      .finalize()
      .pay()
    subscription.update({ items: subscription.withQuantity(5) })
  },
  function tries(stripe, customer) {
    const trialEnd = stripe.now + 50 * DAY
    startTrial(stripe, { customer, items: [{ price: PRO, quantity: 4 }], trialEnd })
  },
  function failsToRenew(stripe, customer) {
    const { subscription } = createByCard(stripe, { customer, items: [{ price: TEAM }] })
    toRenewal(stripe, subscription).finalize().fail()
    subscription.update({ status: 'past_due' })
  },
  function givesBack(stripe, customer) {
    const metadata = { proviso_product: 'lifetime' }
    const { payment } = buyByCard(stripe, { customer, price: LIFETIME, metadata })
    stripe.wait(5 * DAY)
    payment.refund()
  },
  function waitsForItsBank(stripe, customer) {
    stripe.wait(31 * DAY)
    subscribeByDebit(stripe, { customer, items: [{ price: PRO }] })
  },
  function leaves(stripe, customer) {
    const { subscription } = createByCard(stripe, { customer, items: [{ price: PRO }] })
    stripe.wait(20 * DAY)
    subscription.end()
  },
]

function toRenewal(stripe: Account, subscription: Subscription) {
  stripe.until(subscription.periodEnd)
  const invoice = renew(subscription)
  stripe.wait(HOUR)
  return invoice
}

/**
 * What the endpoint of a shop hears in a month, in no order worth keeping: every app customer has
 * `stripeCustomersEach` Stripe customers, each with a history of its own.
 */
export function shopEvents(options: {
  customers: number
  stripeCustomersEach?: number
  /** Unix seconds: nothing is younger. */
  now: number
}): StripeEvent[] {
  const { customers, stripeCustomersEach = 1, now } = options
  return Array.from({ length: customers * stripeCustomersEach }, (_, index) => {
    const shape = SHAPES[index % SHAPES.length] ?? 'basil'
    const account = new Account({ shape, prefix: `s${index}x`, start: now - SINCE })
    const name = `app-${Math.floor(index / stripeCustomersEach)}`
    const customer = new Customer(account, { metadata: { customer_id: name } })
    customer.emit('customer.created')
    HISTORIES[index % HISTORIES.length]?.(account, customer)
    return account.bodies.filter(isEvent)
  }).flat()
}

export interface Delivery {
  id: string
  /** 0: the connection broke, or there was none. */
  status: number
  /** `performance.now()` */
  sentAt: number
  answeredAt: number
  /** From the answer: the same bytes were not held before. */
  isNew: boolean
}

export interface SendOptions {
  /** Asked before every attempt: a service that was started again listens elsewhere. */
  url: () => Promise<string>
  concurrency: number
  /** Senders give up when it is aborted. */
  signal: AbortSignal
  seen?: (delivery: Delivery) => void
}

/** Milliseconds a sender rests after an attempt that was not acknowledged. */
const RETRY_MS = 50

/** As Stripe does: only 2xx is an acknowledgement, and whatever has none is sent again, for ever. */
export async function sendUntilAcknowledged(
  events: readonly StripeEvent[],
  { url, concurrency, signal, seen = () => undefined }: SendOptions,
): Promise<void> {
  const queue = events.values()
  const sender = async (): Promise<void> => {
    for (const event of queue) {
      while (!signal.aborted) {
        const delivery = await sendOnce(event, url)
        seen(delivery)
        if (isAcknowledged(delivery)) break
        await delay(RETRY_MS)
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, sender))
}

export function isAcknowledged({ status }: Delivery): boolean {
  return status >= 200 && status < 300
}

/** One attempt, signed anew. */
export async function sendOnce(event: StripeEvent, url: () => Promise<string>): Promise<Delivery> {
  const sentAt = performance.now()
  const answer = await post(event, url).catch(() => ({ status: 0, isNew: false }))
  return { id: event.id, sentAt, answeredAt: performance.now(), ...answer }
}

async function post(event: StripeEvent, url: () => Promise<string>) {
  const base = await url()
  const response = await fetch(signedRequest(JSON.stringify(event), { base }))
  const answer = (await response.json()) as { new?: boolean }
  return { status: response.status, isNew: answer.new === true }
}
