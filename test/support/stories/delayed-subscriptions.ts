import { Customer, DAY, HOUR, renew, settleDebit, subscribeByDebit } from '../stripe/index.ts'
import { PRO, withPolicy } from './catalogs.ts'
import {
  ADA,
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

const THIN = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'customer.subscription.created',
  'customer.subscription.updated',
  'invoice.paid',
]

export const delayedSubscriptions: Story[] = [
  story({
    id: 'sepa',
    name: 'a bank debit at Checkout grants nothing while "active" lies, and all once it settles',
    rules: ['R04', 'R09', 'R07'],
    tell(stripe) {
      const customer = new Customer(stripe, { metadata: ADA }).emit('customer.created')
      const signup = subscribeByDebit(stripe, {
        customer,
        items: [{ price: PRO, quantity: 3 }],
        metadata: ADA,
      })
      stripe.until(day(5))
      settleDebit(signup)
    },
    checkpoints: [
      check(START + HOUR, 'ada', { reports: no('pending'), seats: no('pending') }),
      check(day(4), 'ada', { reports: no('pending') }),
      check(day(5) + HOUR, 'ada', { reports: yes('active'), seats: yes('active', { value: 3 }) }),
      check(FEBRUARY - HOUR, 'ada', { reports: yes('active') }),
    ],
    witness: [ofSubscription('sub_sepa1', ['ada', 'cus_sepa1'], ['reports', 'seats'])],
  }),
  story({
    id: 'thinsepa',
    name: 'a thin endpoint learns from Checkout alone that the debit settled',
    rules: ['R04'],
    events: THIN.filter((type) => type !== 'invoice.paid'),
    tell(stripe) {
      const customer = new Customer(stripe)
      const signup = subscribeByDebit(stripe, { customer, items: [{ price: PRO }], metadata: ADA })
      stripe.until(day(5))
      settleDebit(signup)
    },
    checkpoints: [
      check(day(2), 'ada', { reports: no('pending') }),
      check(day(5) + HOUR, 'ada', { reports: yes() }),
    ],
    witness: [ofSubscription('sub_thinsepa1', ['ada', 'cus_thinsepa1'], ['reports', 'seats'])],
  }),
  story({
    id: 'bounce',
    name: 'a failed first debit never grants although the subscription stays active',
    rules: ['R04', 'R09', 'R21'],
    tell(stripe) {
      const customer = new Customer(stripe, { metadata: ADA }).emit('customer.created')
      const { session, invoice } = subscribeByDebit(stripe, { customer, items: [{ price: PRO }] })
      stripe.until(day(5))
      invoice.fail(null)
      session.failLater()
      stripe.wait(60)
      invoice.void()
    },
    checkpoints: [
      check(day(1), 'ada', { reports: no('pending') }),
      check(day(5) + 60, 'ada', { reports: no() }),
      check(day(20), 'ada', { reports: no() }),
      check(FEBRUARY + DAY, 'ada', { reports: no() }),
    ],
    witness: [ofSubscription('sub_bounce1', ['ada', 'cus_bounce1'], ['reports', 'seats'])],
  }),
  story({
    id: 'serial',
    name: 'whoever never paid is never served: failed debit, void invoice, next month due again',
    rules: ['R09', 'R10', 'R21'],
    tell(stripe) {
      const customer = new Customer(stripe, { metadata: ADA }).emit('customer.created')
      const { session, invoice, subscription } = subscribeByDebit(stripe, {
        customer,
        items: [{ price: PRO }],
        metadata: ADA,
      })
      stripe.until(day(5))
      invoice.fail(null)
      session.failLater()
      invoice.void()
      stripe.until(FEBRUARY)
      const second = renew(subscription)
      stripe.wait(HOUR)
      second.finalize().process()
      stripe.wait(6 * DAY)
      second.fail()
      subscription.update({ status: 'past_due' })
      stripe.wait(14 * DAY)
      second.markUncollectible()
      subscription.update({ status: 'active' })
    },
    checkpoints: [
      check(day(6), 'ada', { reports: no() }),
      check(FEBRUARY + 60, 'ada', { reports: no() }),
      check(FEBRUARY + 2 * DAY, 'ada', { reports: no() }),
      check(FEBRUARY + 7 * DAY, 'ada', { reports: no() }),
      check(FEBRUARY + 21 * DAY, 'ada', { reports: no() }),
    ],
    witness: [ofSubscription('sub_serial1', ['ada', 'cus_serial1'], ['reports', 'seats'])],
  }),
  story({
    id: 'trust',
    name: 'grantWhileProcessing serves during the debit and takes back on failure',
    rules: ['R04'],
    catalog: withPolicy({ grantWhileProcessing: true }),
    tell(stripe) {
      const customer = new Customer(stripe)
      const { session, invoice } = subscribeByDebit(stripe, {
        customer,
        items: [{ price: PRO }],
        metadata: ADA,
      })
      stripe.until(day(5))
      invoice.fail(null)
      session.failLater()
    },
    checkpoints: [
      check(day(1), 'ada', { reports: yes() }),
      check(day(6), 'ada', { reports: no() }),
    ],
    witness: [ofSubscription('sub_trust1', ['ada', 'cus_trust1'], ['reports', 'seats'])],
  }),
]
