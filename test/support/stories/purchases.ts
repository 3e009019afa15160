import { buyByCard, Customer, DAY, HOUR, Invoice, MINUTE, openPurchase } from '../stripe/index.ts'
import { LIFETIME, PASS } from './catalogs.ts'
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
    id: 'inv',
    name: 'a pass whose Checkout also made an invoice is one pass, not two',
    rules: ['R01', 'R30'],
    events: [
      'checkout.session.completed',
      'invoice.paid',
      'invoice_payment.paid',
      'customer.created',
    ],
    tell(stripe) {
      const customer = new Customer(stripe, { metadata: ADA }).emit('customer.created')
      const { session, payment } = openPurchase(stripe, { customer, price: PASS, metadata: ADA })
      payment.emit('payment_intent.created').succeed()
      session.complete('paid')
      stripe.wait(2)
      const line = { price: PASS, quantity: 1, amount: 900, periodStart: START, periodEnd: START }
      const invoice = new Invoice(stripe, {
        customer,
        reason: 'manual',
        lines: [{ ...line, isProration: false, item: null }],
      })
      invoice.payment = payment
      payment.invoice = invoice.id
      session.invoice = invoice.id
      invoice.draft().finalize().settle()
      session.read()
    },
    checkpoints: [
      check(day(1), 'ada', { exports: yes('active') }),
      check(day(29), 'ada', { exports: yes('active') }),
      check(day(31), 'ada', { exports: no('ended') }),
    ],
    witness: [
      ofPurchase('cs_inv1', ['ada', 'cus_inv1'], ['exports'], {
        joined: ['pi_inv1', 'in_inv1'],
        until: day(31),
      }),
    ],
  }),
  story({
    id: 'pass',
    name: 'a pass ends after its days with no event to say so',
    rules: ['R01', 'R30'],
    events: ['checkout.session.completed', 'payment_intent.succeeded', 'charge.succeeded'],
    tell(stripe) {
      buyByCard(stripe, { customer: new Customer(stripe), price: PASS, metadata: ADA })
    },
    checkpoints: [
      check(day(29), 'ada', { exports: yes('active') }),
      check(day(31), 'ada', { exports: no('ended') }),
    ],
    witness: [
      ofPurchase('cs_pass1', ['ada', 'cus_pass1'], ['exports'], {
        joined: ['pi_pass1'],
        until: day(31),
      }),
    ],
  }),
  story({
    id: 'stack',
    name: 'a second pass bought while the first runs extends it, whichever is heard of first',
    rules: ['R30'],
    events: ['checkout.session.completed', 'payment_intent.succeeded'],
    tell(stripe) {
      const customer = new Customer(stripe)
      buyByCard(stripe, { customer, price: PASS, metadata: ADA })
      stripe.until(day(10))
      buyByCard(stripe, { customer, price: PASS, metadata: ADA })
    },
    checkpoints: [
      check(day(9), 'ada', { exports: yes('active') }),
      check(day(45), 'ada', { exports: yes('active') }),
      check(day(59), 'ada', { exports: yes('active') }),
      check(day(61), 'ada', { exports: no('ended') }),
    ],
    witness: [
      ofPurchase('cs_stack1', ['ada', 'cus_stack1'], ['exports'], {
        joined: ['pi_stack1'],
        until: day(61),
      }),
      ofPurchase('cs_stack2', ['ada', 'cus_stack1'], ['exports'], {
        joined: ['pi_stack2'],
        until: day(61),
      }),
    ],
  }),
  story({
    id: 'again',
    name: 'a pass bought after the last one ran out starts anew and gives back no idle days',
    rules: ['R30'],
    events: ['checkout.session.completed', 'payment_intent.succeeded'],
    tell(stripe) {
      const customer = new Customer(stripe)
      buyByCard(stripe, { customer, price: PASS, metadata: ADA })
      stripe.until(day(40))
      buyByCard(stripe, { customer, price: PASS, metadata: ADA })
    },
    checkpoints: [
      check(day(35), 'ada', { exports: no('ended') }),
      check(day(41), 'ada', { exports: yes('active') }),
      check(day(69), 'ada', { exports: yes('active') }),
      check(day(71), 'ada', { exports: no('ended') }),
    ],
    witness: [
      ofPurchase('cs_again1', ['ada', 'cus_again1'], ['exports'], {
        joined: ['pi_again1'],
        until: day(31),
      }),
      ofPurchase('cs_again2', ['ada', 'cus_again1'], ['exports'], {
        joined: ['pi_again2'],
        until: day(71),
      }),
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
