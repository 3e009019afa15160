import {
  type Account,
  changeInvoice,
  createByCard,
  Customer,
  HOUR,
  itemLine,
  type Price,
  type Subscription,
} from '../stripe/index.ts'
import { PRO } from './catalogs.ts'
import { ADA, check, day, ofSubscription, type Story, story, yes } from './story.ts'

const THIN = ['customer.subscription.created', 'customer.subscription.updated', 'invoice.paid']

function witness(id: string, features = ['reports', 'exports', 'seats']) {
  return ofSubscription(`sub_${id}1`, ['ada', `cus_${id}1`], features)
}

function seats(stripe: Account, price: Price, quantity: number): Subscription {
  return createByCard(stripe, {
    customer: new Customer(stripe),
    items: [{ price, quantity }],
    metadata: ADA,
  }).subscription
}

/** Credit for the old quantity or price and charge for the new, to the end of the period. */
function prorate(subscription: Subscription, old: number, next: number, price?: Price) {
  const { item } = subscription
  const period = { periodStart: subscription.account.now, isProration: true }
  return [
    itemLine(item, { ...period, quantity: old, amount: -old * 1000 }),
    itemLine(item, {
      ...period,
      quantity: next,
      amount: next * (price === undefined ? 1000 : 3000),
      ...(price === undefined ? {} : { price }),
    }),
  ]
}

export const pendingUpdates: Story[] = [
  story({
    id: 'pending',
    name: 'a pending update changes nothing until it is paid',
    rules: ['R17'],
    tell(stripe) {
      const subscription = seats(stripe, PRO, 5)
      stripe.until(day(10))
      const pending = {
        expires_at: day(10) + 23 * HOUR,
        subscription_items: [{ id: subscription.item.id, quantity: 8 }],
      }
      const invoice = changeInvoice(subscription, prorate(subscription, 5, 8))
      invoice.draft().finalize().fail()
      subscription.update({ pendingUpdate: pending })
      stripe.wait(5 * HOUR)
      invoice.intent().succeed()
      invoice.settle()
      subscription.update({ pendingUpdate: null, items: subscription.withQuantity(8) })
      subscription.emit('customer.subscription.pending_update_applied')
    },
    checkpoints: [
      check(day(10) + HOUR, 'ada', { reports: yes('active'), seats: yes('active', { value: 5 }) }),
      check(day(11), 'ada', { seats: yes('active', { value: 8 }) }),
    ],
    witness: [witness('pending')],
  }),
  story({
    id: 'expired',
    name: 'a pending update that expires leaves everything as it was',
    rules: ['R17', 'R21'],
    events: [
      ...THIN,
      'customer.subscription.pending_update_expired',
      'invoice.payment_failed',
      'invoice.voided',
    ],
    tell(stripe) {
      const subscription = seats(stripe, PRO, 5)
      stripe.until(day(10))
      const pending = {
        expires_at: day(10) + 23 * HOUR,
        subscription_items: [{ id: subscription.item.id, quantity: 8 }],
      }
      const invoice = changeInvoice(subscription, prorate(subscription, 5, 8))
      invoice.finalize().fail(null)
      subscription.update({ pendingUpdate: pending })
      stripe.wait(23 * HOUR)
      invoice.void()
      subscription
        .update({ pendingUpdate: null })
        .emit('customer.subscription.pending_update_expired')
    },
    checkpoints: [
      check(day(10) + HOUR, 'ada', { seats: yes('active', { value: 5 }) }),
      check(day(12), 'ada', { reports: yes('active'), seats: yes('active', { value: 5 }) }),
    ],
    witness: [witness('expired')],
  }),
]
