import {
  createByCard,
  Customer,
  DAY,
  firstInvoice,
  HOUR,
  itemLine,
  MINUTE,
  renew,
  Subscription,
} from '../stripe/index.ts'
import { PRO, USAGE } from './catalogs.ts'
import {
  ADA,
  ada,
  check,
  day,
  FEBRUARY,
  MARCH,
  no,
  ofSubscription,
  START,
  type Story,
  story,
  type WitnessSource,
  yes,
} from './story.ts'

function usage(id: string): WitnessSource {
  return ofSubscription(`sub_${id}1`, ['ada', `cus_${id}1`], ['calls', 'reports', 'seats'], {
    isArrears: true,
  })
}

/** Stripe bills last month's usage when the next begins. */
function billUsage(subscription: Subscription, amount: number) {
  const lines = subscription.state.items
    .filter((item) => item.price.isMetered)
    .map((item) => itemLine(item, { amount, quantity: amount }))
  const next = subscription
    .nextItems()
    .filter((item) => !item.price.isMetered)
    .map((item) => itemLine(item))
  return renew(subscription, { lines: [...lines, ...next] })
}

const THIN = [
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'invoice.paid',
]
const unlimited = yes(undefined, { value: null })

export const usages: Story[] = [
  story({
    id: 'meter',
    name: 'a plan of usage alone is served before any invoice, and on while each month is paid',
    rules: ['R28', 'R08', 'R10'],
    tell(stripe) {
      const subscription = new Subscription(stripe, {
        customer: ada(stripe),
        items: [{ price: USAGE }],
      })
      subscription.emit('customer.subscription.created')
      stripe.until(FEBRUARY)
      const first = billUsage(subscription, 340)
      stripe.wait(HOUR)
      first.finalize().pay()
      stripe.until(MARCH)
      const second = billUsage(subscription, 510)
      stripe.wait(HOUR)
      second.finalize().fail()
      subscription.update({ status: 'past_due' })
    },
    checkpoints: [
      check(START + MINUTE, 'ada', { calls: unlimited }),
      check(day(25), 'ada', { calls: unlimited }),
      check(FEBRUARY + 30 * MINUTE, 'ada', { calls: yes() }),
      check(FEBRUARY + 2 * DAY, 'ada', { calls: unlimited }),
      check(FEBRUARY + 20 * DAY, 'ada', { calls: unlimited }),
      check(MARCH + 2 * DAY, 'ada', { calls: yes('grace') }),
      check(MARCH + 9 * DAY, 'ada', { calls: no('suspended') }),
    ],
    witness: [usage('meter')],
  }),
  story({
    id: 'classicmeter',
    name: 'a classic plan of usage begins with a paid invoice of nothing',
    rules: ['R28'],
    events: [...THIN, 'invoice.created'],
    tell(stripe) {
      const subscription = new Subscription(stripe, {
        customer: new Customer(stripe),
        items: [{ price: USAGE }],
        metadata: ADA,
      })
      const invoice = firstInvoice(subscription, {
        lines: [itemLine(subscription.item, { amount: 0, quantity: 0 })],
      })
      subscription.emit('customer.subscription.created')
      invoice.draft().finalize().pay()
    },
    checkpoints: [
      check(START + MINUTE, 'ada', { calls: unlimited }),
      check(FEBRUARY - HOUR, 'ada', { calls: unlimited }),
    ],
    witness: [usage('classicmeter')],
  }),
  story({
    id: 'hybrid',
    name: 'usage on a paid plan is served with the plan, though its own bill comes a month later',
    rules: ['R28', 'R22'],
    tell(stripe) {
      const items = [{ price: PRO, quantity: 2 }, { price: USAGE }]
      const { subscription } = createByCard(stripe, { customer: ada(stripe), items })
      stripe.until(FEBRUARY)
      const invoice = billUsage(subscription, 340)
      stripe.wait(HOUR)
      invoice.finalize().pay()
    },
    checkpoints: [
      check(day(3), 'ada', {
        reports: yes('active'),
        seats: yes('active', { value: 2 }),
        calls: unlimited,
      }),
      check(FEBRUARY + 20 * DAY, 'ada', { reports: yes('active'), calls: unlimited }),
    ],
    witness: [usage('hybrid')],
  }),
]
