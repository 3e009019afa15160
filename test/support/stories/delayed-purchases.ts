import { CheckoutSession, Customer, HOUR, openPurchase } from '../stripe/index.ts'
import { LIFETIME } from './catalogs.ts'
import { ADA, check, day, no, ofPurchase, START, type Story, story, yes } from './story.ts'

const THIN = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'customer.subscription.created',
  'customer.subscription.updated',
  'invoice.paid',
]

export const delayedPurchases: Story[] = [
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
