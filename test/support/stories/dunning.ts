import {
  createByCard,
  Customer,
  DAY,
  HOUR,
  MINUTE,
  renew,
  subscribeByCard,
} from '../stripe/index.ts'
import { PRO, PRO_YEARLY } from './catalogs.ts'
import {
  ADA,
  ada,
  adasPro,
  check,
  FEBRUARY,
  MARCH,
  NEXT_YEAR,
  no,
  type Story,
  story,
  yes,
} from './story.ts'

const THIN = [
  'customer.subscription.created',
  'customer.subscription.updated',
  'invoice.paid',
  'invoice.payment_failed',
]

export const dunning: Story[] = [
  story({
    id: 'annual',
    name: 'an annual plan fails, is graced a week, suspended, and comes back with the money',
    rules: ['R10', 'R08'],
    tell(stripe) {
      const { subscription } = subscribeByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO_YEARLY, quantity: 9 }],
      })
      stripe.until(NEXT_YEAR)
      const invoice = renew(subscription)
      stripe.wait(HOUR)
      invoice.finalize().fail()
      subscription.update({ status: 'past_due' })
      stripe.until(NEXT_YEAR + 12 * DAY)
      invoice.intent().succeed()
      invoice.settle()
      subscription.update({ status: 'active' })
    },
    checkpoints: [
      check(NEXT_YEAR - DAY, 'ada', { reports: yes('active') }),
      check(NEXT_YEAR + 2 * HOUR, 'ada', {
        reports: yes('grace', { until: NEXT_YEAR + HOUR + 7 * DAY }),
      }),
      check(NEXT_YEAR + 6 * DAY, 'ada', {
        reports: yes('grace'),
        seats: yes('grace', { value: 9 }),
      }),
      check(NEXT_YEAR + 8 * DAY, 'ada', { reports: no('suspended') }),
      check(NEXT_YEAR + 12 * DAY + MINUTE, 'ada', {
        reports: yes('active'),
        seats: yes('active', { value: 9 }),
      }),
      check(NEXT_YEAR + 300 * DAY, 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('annual')],
  }),
  story({
    id: 'thindue',
    name: 'a thin endpoint sees a month fail and recover',
    rules: ['R10'],
    events: THIN,
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        metadata: ADA,
      })
      stripe.until(FEBRUARY)
      const invoice = renew(subscription)
      stripe.wait(HOUR)
      invoice.finalize().fail()
      subscription.update({ status: 'past_due' })
      stripe.wait(3 * DAY)
      invoice.intent().succeed()
      invoice.settle()
      subscription.update({ status: 'active' })
    },
    checkpoints: [
      check(FEBRUARY + 2 * HOUR, 'ada', { reports: yes('grace') }),
      check(FEBRUARY + 4 * DAY, 'ada', { reports: yes('active') }),
      check(MARCH - HOUR, 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('thindue')],
  }),
  story({
    id: 'left',
    name: 'retries are exhausted and Stripe leaves it past due: no second grace without money',
    rules: ['R10'],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
      })
      stripe.until(FEBRUARY)
      const invoice = renew(subscription)
      stripe.wait(HOUR)
      invoice.finalize().fail()
      subscription.update({ status: 'past_due' })
      stripe.wait(14 * DAY)
      invoice.fail(null)
      stripe.until(MARCH)
      const next = renew(subscription)
      stripe.wait(HOUR)
      next.finalize().fail()
    },
    checkpoints: [
      check(FEBRUARY + 6 * DAY, 'ada', { reports: yes('grace') }),
      check(FEBRUARY + 9 * DAY, 'ada', { reports: no('suspended') }),
      check(FEBRUARY + 15 * DAY, 'ada', { reports: no('suspended') }),
      check(MARCH + MINUTE, 'ada', { reports: no('suspended') }),
      check(MARCH + 2 * DAY, 'ada', { reports: no('suspended') }),
      check(MARCH + 20 * DAY, 'ada', { reports: no('suspended') }),
    ],
    witness: [adasPro('left')],
  }),
  story({
    id: 'action',
    name: 'a renewal that waits for the cardholder is graced like any failure',
    rules: ['R10'],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
      })
      stripe.until(FEBRUARY)
      const invoice = renew(subscription)
      stripe.wait(HOUR)
      invoice.finalize().fail().emit('invoice.payment_action_required')
      subscription.update({ status: 'past_due' })
      stripe.wait(2 * DAY)
      invoice.intent().succeed()
      invoice.settle()
      subscription.update({ status: 'active' })
    },
    checkpoints: [
      check(FEBRUARY + DAY, 'ada', { reports: yes('grace') }),
      check(FEBRUARY + 3 * DAY, 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('action')],
  }),
]
