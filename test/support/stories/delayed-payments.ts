import {
  CheckoutSession,
  Customer,
  DAY,
  HOUR,
  openPurchase,
  renew,
  settleDebit,
  subscribeByDebit,
} from '../stripe/index.ts'
import { LIFETIME, PRO, withPolicy } from './catalogs.ts'
import {
  ADA,
  check,
  day,
  FEBRUARY,
  no,
  ofPurchase,
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

export const delayedPayments: Story[] = [
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
    witness: [
      ofSubscription('sub_sepa1', ['ada', 'cus_sepa1'], ['reports', 'seats'], {
        joined: ['pi_sepa1', 'in_sepa1'],
      }),
    ],
  }),
  story({
    id: 'thinsepa',
    name: 'a thin endpoint learns from Checkout alone that the debit settled',
    rules: ['R04'],
    events: THIN,
    tell(stripe) {
      const customer = new Customer(stripe)
      const signup = subscribeByDebit(stripe, { customer, items: [{ price: PRO }], metadata: ADA })
      stripe.until(day(5))
      settleDebit(signup)
    },
    checkpoints: [
      check(day(2), 'ada', { reports: no('pending') }),
      check(day(6), 'ada', { reports: yes('active') }),
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
    id: 'voucher',
    name: 'a voucher paid days later grants a one-time product only then',
    rules: ['R04', 'R01'],
    events: [...THIN, 'payment_intent.processing', 'payment_intent.succeeded'],
    tell(stripe) {
      const { session, payment } = openPurchase(stripe, {
        customer: new Customer(stripe),
        price: LIFETIME,
        metadata: ADA,
      })
      payment.process()
      session.complete('unpaid')
      stripe.wait(2)
      session.read()
      stripe.until(day(2))
      payment.settle()
      session.succeedLater()
    },
    checkpoints: [
      check(day(1), 'ada', { reports: no('pending') }),
      check(day(3), 'ada', { reports: yes('active', { until: null }) }),
    ],
    witness: [
      ofPurchase('cs_voucher1', ['ada', 'cus_voucher1'], ['reports'], { joined: ['pi_voucher1'] }),
    ],
  }),
  story({
    id: 'nomoney',
    name: 'a voucher that is never paid refuses the purchase',
    rules: ['R04'],
    events: [...THIN, 'payment_intent.payment_failed'],
    tell(stripe) {
      const { session, payment } = openPurchase(stripe, {
        customer: new Customer(stripe),
        price: LIFETIME,
        metadata: ADA,
      })
      payment.process()
      session.complete('unpaid')
      stripe.wait(2)
      session.read()
      stripe.until(day(4))
      payment.fail()
      session.failLater()
    },
    checkpoints: [
      check(day(1), 'ada', { reports: no('pending') }),
      check(day(5), 'ada', { reports: no() }),
      check(day(40), 'ada', { reports: no() }),
    ],
    witness: [
      ofPurchase('cs_nomoney1', ['ada', 'cus_nomoney1'], ['reports'], { joined: ['pi_nomoney1'] }),
    ],
  }),
  story({
    id: 'late',
    name: 'money that comes after all beats the failure that was told first',
    rules: ['R04'],
    events: [...THIN, 'payment_intent.payment_failed', 'payment_intent.succeeded'],
    tell(stripe) {
      const { session, payment } = openPurchase(stripe, {
        customer: new Customer(stripe),
        price: LIFETIME,
        metadata: ADA,
      })
      payment.process()
      session.complete('unpaid')
      stripe.wait(2)
      session.read()
      stripe.until(day(4))
      payment.fail()
      session.failLater()
      stripe.until(day(6))
      payment.succeed()
    },
    checkpoints: [
      check(day(5), 'ada', { reports: no() }),
      check(day(7), 'ada', { reports: yes('active', { until: null }) }),
    ],
    witness: [ofPurchase('cs_late1', ['ada', 'cus_late1'], ['reports'], { joined: ['pi_late1'] })],
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
  story({
    id: 'setup',
    name: 'a Checkout that only saves a card grants nothing',
    rules: ['R05'],
    tell(stripe) {
      const customer = new Customer(stripe, { metadata: ADA }).emit('customer.created').attachCard()
      const session = new CheckoutSession(stripe, {
        mode: 'setup',
        customer,
        items: [],
        metadata: ADA,
      })
      session.setupIntent = 'seti_setup1'
      const intent = {
        id: 'seti_setup1',
        object: 'setup_intent',
        created: START,
        customer: customer.id,
        livemode: false,
        metadata: {},
        payment_method: 'pm_setup1',
        status: 'succeeded',
        usage: 'off_session',
      }
      stripe.emit('setup_intent.succeeded', intent)
      session.complete('no_payment_required')
    },
    checkpoints: [
      check(START + HOUR, 'ada', { reports: no('none'), exports: no('none'), seats: no('none') }),
      check(day(10), 'ada', { reports: no('none') }),
    ],
    witness: [],
  }),
]
