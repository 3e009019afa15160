import {
  type Account,
  changeInvoice,
  createByCard,
  Customer,
  DAY,
  itemLine,
  MINUTE,
  type Price,
  type Subscription,
} from '../stripe/index.ts'
import { PRO, PRO_YEARLY } from './catalogs.ts'
import { ADA, ada, check, day, ofSubscription, type Story, story, yes } from './story.ts'

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

export const seatChanges: Story[] = [
  story({
    id: 'moreseats',
    name: 'more seats, billed and paid at once, are there at once',
    rules: ['R17', 'R07'],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO_YEARLY, quantity: 5 }],
      })
      stripe.until(day(40))
      const invoice = changeInvoice(subscription, prorate(subscription, 5, 8))
      invoice.draft().finalize().pay()
      stripe.wait(1)
      subscription.update({ items: subscription.withQuantity(8) })
    },
    checkpoints: [
      check(day(39), 'ada', { seats: yes('active', { value: 5 }) }),
      check(day(40) + MINUTE, 'ada', {
        reports: yes('active'),
        seats: yes('active', { value: 8 }),
      }),
      check(day(300), 'ada', { seats: yes('active', { value: 8 }) }),
    ],
    witness: [witness('moreseats')],
  }),
  story({
    id: 'itemseats',
    name: 'more seats paid by a line that names only subscription and price are there at once',
    rules: ['R17'],
    events: [...THIN, 'invoice.finalized'],
    tell(stripe) {
      const subscription = seats(stripe, PRO, 5)
      stripe.until(day(10))
      const lines = prorate(subscription, 5, 8).map((line) => ({
        ...line,
        isFromInvoiceItem: true,
      }))
      changeInvoice(subscription, lines).finalize().pay()
      stripe.wait(1)
      subscription.update({ items: subscription.withQuantity(8) })
    },
    checkpoints: [
      check(day(9), 'ada', { seats: yes('active', { value: 5 }) }),
      check(day(11), 'ada', { reports: yes('active'), seats: yes('active', { value: 8 }) }),
    ],
    witness: [witness('itemseats')],
  }),
  story({
    id: 'seatfail',
    name: 'more seats that were never paid leave the paid year and its seats alone',
    rules: ['R17', 'R10'],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO_YEARLY, quantity: 5 }],
      })
      stripe.until(day(40))
      const invoice = changeInvoice(subscription, prorate(subscription, 5, 8))
      invoice.draft().finalize()
      subscription.update({ items: subscription.withQuantity(8) })
      invoice.fail()
      subscription.update({ status: 'past_due' })
      stripe.wait(10 * DAY)
      invoice.fail(null)
    },
    checkpoints: [
      check(day(41), 'ada', { reports: yes(), seats: yes(undefined, { value: 5 }) }),
      check(day(60), 'ada', { reports: yes(), seats: yes(undefined, { value: 5 }) }),
      check(day(300), 'ada', { reports: yes(), seats: yes(undefined, { value: 5 }) }),
    ],
    witness: [witness('seatfail')],
  }),
  story({
    id: 'january',
    name: "a seat change of January found after March's, with February's lost: March stands",
    rules: ['R17'],
    events: THIN,
    tell(stripe) {
      const subscription = seats(stripe, PRO_YEARLY, 10)
      stripe.until(day(10))
      subscription.update({ items: subscription.withQuantity(8) })
      stripe.until(day(40))
      subscription.update({ items: subscription.withQuantity(4) })
      stripe.lose('customer.subscription.updated')
      stripe.until(day(60))
      subscription.update({ items: subscription.withQuantity(6) })
    },
    checkpoints: [
      check(day(9), 'ada', { seats: yes('active', { value: 10 }) }),
      check(day(11), 'ada', { seats: yes('active', { value: 8 }) }),
      check(day(61), 'ada', { reports: yes('active'), seats: yes('active', { value: 6 }) }),
      check(day(300), 'ada', { seats: yes('active', { value: 6 }) }),
    ],
    witness: [witness('january')],
  }),
  story({
    id: 'return',
    name: 'seats that went down and back to what January found: the last change stands',
    rules: ['R17'],
    events: THIN,
    tell(stripe) {
      const subscription = seats(stripe, PRO_YEARLY, 10)
      stripe.until(day(10))
      subscription.update({ items: subscription.withQuantity(4) })
      stripe.until(day(40))
      subscription.update({ items: subscription.withQuantity(10) })
      stripe.until(day(60))
      subscription.update({ items: subscription.withQuantity(4) })
    },
    checkpoints: [
      check(day(11), 'ada', { seats: yes('active', { value: 4 }) }),
      check(day(41), 'ada', { seats: yes('active', { value: 10 }) }),
      check(day(61), 'ada', { seats: yes('active', { value: 4 }) }),
    ],
    witness: [witness('return')],
  }),
]
