import {
  type Account,
  changeInvoice,
  createByCard,
  Customer,
  DAY,
  HOUR,
  itemLine,
  MINUTE,
  type Price,
  renew,
  type Subscription,
} from '../stripe/index.ts'
import { EXPORTS, PRO, PRO_YEARLY, TEAM, TEAM_YEARLY } from './catalogs.ts'
import {
  ADA,
  ada,
  check,
  day,
  FEBRUARY,
  no,
  ofSubscription,
  START,
  type Story,
  story,
  yes,
} from './story.ts'

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

export const planChanges: Story[] = [
  story({
    id: 'planfail',
    name: 'a plan upgrade whose money failed keeps the old plan and gives nothing of the new',
    rules: ['R17', 'R10'],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO_YEARLY, quantity: 2 }],
      })
      stripe.until(day(40))
      const invoice = changeInvoice(subscription, prorate(subscription, 2, 2, TEAM_YEARLY))
      invoice.draft().finalize()
      subscription.update({ items: subscription.withPrice(TEAM_YEARLY) })
      invoice.fail()
      subscription.update({ status: 'past_due' })
    },
    checkpoints: [
      check(day(50), 'ada', { reports: yes(), seats: yes(undefined, { value: 2 }), exports: no() }),
      check(day(200), 'ada', { reports: yes(), exports: no() }),
    ],
    witness: [witness('planfail', ['reports', 'seats'])],
  }),
  story({
    id: 'planpaid',
    name: 'a plan upgrade paid at once gives the new plan at once',
    rules: ['R17'],
    events: [...THIN, 'invoice.created'],
    tell(stripe) {
      const subscription = seats(stripe, PRO, 2)
      stripe.until(day(10))
      const invoice = changeInvoice(subscription, prorate(subscription, 2, 2, TEAM))
      invoice.finalize().pay()
      stripe.wait(1)
      subscription.update({ items: subscription.withPrice(TEAM) })
    },
    checkpoints: [
      check(day(9), 'ada', { reports: yes('active'), exports: no() }),
      check(day(11), 'ada', {
        reports: yes('active'),
        exports: yes('active'),
        seats: yes('active', { value: 2 }),
      }),
    ],
    witness: [witness('planpaid')],
  }),
  story({
    id: 'downgrade',
    name: 'a downgrade credited to the next invoice keeps what both plans share',
    rules: ['R17'],
    events: THIN,
    tell(stripe) {
      const subscription = seats(stripe, TEAM, 2)
      stripe.until(day(10))
      subscription.update({ items: subscription.withPrice(PRO) })
      stripe.until(FEBRUARY)
      const invoice = renew(subscription)
      stripe.wait(HOUR)
      invoice.finalize().pay()
    },
    checkpoints: [
      check(day(9), 'ada', { reports: yes('active'), exports: yes('active') }),
      check(day(11), 'ada', { reports: yes() }),
      check(FEBRUARY + 10 * DAY, 'ada', {
        reports: yes('active'),
        exports: no(),
        seats: yes('active', { value: 2 }),
      }),
    ],
    witness: [witness('downgrade')],
  }),
  story({
    id: 'addon',
    name: 'an add-on bought later and not paid is refused while the base stays',
    rules: ['R17', 'R22', 'R10'],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO_YEARLY, quantity: 3 }],
      })
      stripe.until(day(40))
      const item = { ...subscription.newItem(EXPORTS, 1), periodEnd: subscription.periodEnd }
      const invoice = changeInvoice(subscription, [itemLine(item, { isProration: true })])
      invoice.draft().finalize()
      subscription.update({ items: [...subscription.state.items, item] })
      invoice.fail()
      subscription.update({ status: 'past_due' })
    },
    checkpoints: [
      check(day(55), 'ada', { reports: yes(), seats: yes(undefined, { value: 3 }), exports: no() }),
      check(day(200), 'ada', { reports: yes(), exports: no() }),
    ],
    witness: [witness('addon', ['reports', 'seats'])],
  }),
  story({
    id: 'bundle',
    name: 'a plan and its add-on on one subscription each give their own',
    rules: ['R22', 'R07'],
    events: [...THIN, 'invoice.finalized'],
    tell(stripe) {
      const customer = new Customer(stripe)
      const items = [{ price: PRO, quantity: 3 }, { price: EXPORTS }]
      const { subscription } = createByCard(stripe, { customer, items, metadata: ADA })
      stripe.until(day(12))
      subscription.update({ items: subscription.state.items.slice(0, 1) })
    },
    checkpoints: [
      check(START + MINUTE, 'ada', {
        reports: yes('active'),
        exports: yes('active'),
        seats: yes('active', { value: 3 }),
      }),
      check(day(13), 'ada', { reports: yes('active'), seats: yes('active', { value: 3 }) }),
    ],
    witness: [witness('bundle')],
  }),
]
