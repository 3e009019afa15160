import { buyByCard, Customer, DAY, HOUR, MINUTE, openPurchase } from '../stripe/index.ts'
import { LIFETIME } from './catalogs.ts'
import { ADA, check, day, no, ofPurchase, START, type Story, story, yes } from './story.ts'

export const purchases: Story[] = [
  story({
    id: 'life',
    name: 'a card purchase of a product without a duration grants it for good',
    rules: ['R01'],
    tell(stripe) {
      const customer = new Customer(stripe).emit('customer.created').attachCard()
      buyByCard(stripe, { customer, price: LIFETIME, metadata: ADA })
      customer.update({ defaultPaymentMethod: 'pm_card' })
    },
    checkpoints: [
      check(START + MINUTE, 'ada', {
        reports: yes('active', { value: true, until: null }),
        exports: no(),
      }),
      check(day(900), 'ada', { reports: yes('active', { until: null }) }),
    ],
    witness: [ofPurchase('cs_life1', ['ada', 'cus_life1'], ['reports'], { joined: ['pi_life1'] })],
  }),
  story({
    id: 'guest',
    name: 'a guest is known by the reference the shop gave to Checkout',
    rules: ['R01', 'R29'],
    events: ['checkout.session.completed', 'payment_intent.succeeded'],
    tell(stripe) {
      buyByCard(stripe, { customer: null, price: LIFETIME, clientReferenceId: 'ada' })
    },
    checkpoints: [check(START + MINUTE, 'ada', { reports: yes('active', { until: null }) })],
    witness: [ofPurchase('cs_guest1', ['ada'], ['reports'], { joined: ['pi_guest1'] })],
  }),
  story({
    id: 'free',
    name: 'a one-time order of nothing at 100 % off counts as bought, with no payment anywhere',
    rules: ['R01'],
    tell(stripe) {
      const customer = new Customer(stripe).emit('customer.created')
      const { session } = openPurchase(stripe, { customer, price: LIFETIME, metadata: ADA })
      session.paymentIntent = null
      session.amountTotal = 0
      session.complete('no_payment_required')
      stripe.wait(2)
      session.read()
    },
    checkpoints: [check(START + MINUTE, 'ada', { reports: yes('active', { until: null }) })],
    witness: [ofPurchase('cs_free1', ['ada', 'cus_free1'], ['reports'])],
  }),
  story({
    id: 'abandon',
    name: 'an abandoned Checkout with a declined card grants nothing',
    rules: ['R01'],
    tell(stripe) {
      const customer = new Customer(stripe).emit('customer.created')
      const { session, payment } = openPurchase(stripe, {
        customer,
        price: LIFETIME,
        metadata: ADA,
      })
      payment.emit('payment_intent.created').fail()
      stripe.wait(DAY)
      session.expire()
      session.read()
    },
    checkpoints: [
      check(START + HOUR, 'ada', { reports: no() }),
      check(day(2), 'ada', { reports: no() }),
    ],
    witness: [
      ofPurchase('cs_abandon1', ['ada', 'cus_abandon1'], ['reports'], { joined: ['pi_abandon1'] }),
    ],
  }),
  story({
    id: 'capture',
    name: 'an authorised card grants nothing until it is captured',
    rules: ['R02'],
    tell(stripe) {
      const customer = new Customer(stripe)
      const { session, payment } = openPurchase(stripe, {
        customer,
        price: LIFETIME,
        metadata: ADA,
        manualCapture: true,
      })
      payment.authorize()
      session.complete('unpaid')
      stripe.wait(2)
      session.read()
      stripe.until(day(3))
      payment.capture()
    },
    checkpoints: [
      check(day(1), 'ada', { reports: no('pending') }),
      check(day(3), 'ada', { reports: yes('active', { until: null }) }),
    ],
    witness: [
      ofPurchase('cs_capture1', ['ada', 'cus_capture1'], ['reports'], { joined: ['pi_capture1'] }),
    ],
  }),
  story({
    id: 'uncapt',
    name: 'an authorisation that is canceled never grants',
    rules: ['R02'],
    tell(stripe) {
      const customer = new Customer(stripe)
      const { session, payment } = openPurchase(stripe, {
        customer,
        price: LIFETIME,
        metadata: ADA,
        manualCapture: true,
      })
      payment.authorize()
      session.complete('unpaid')
      stripe.wait(2)
      session.read()
      stripe.until(day(7))
      payment.cancel()
    },
    checkpoints: [
      check(day(1), 'ada', { reports: no('pending') }),
      check(day(8), 'ada', { reports: no() }),
    ],
    witness: [
      ofPurchase('cs_uncapt1', ['ada', 'cus_uncapt1'], ['reports'], { joined: ['pi_uncapt1'] }),
    ],
  }),
]
