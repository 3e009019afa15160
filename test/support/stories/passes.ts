import { buyByCard, Customer, HOUR, Invoice, openPurchase } from '../stripe/index.ts'
import { PASS } from './catalogs.ts'
import { ADA, check, day, no, ofPurchase, START, type Story, story, yes } from './story.ts'

export const passes: Story[] = [
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
        until: day(30) + HOUR,
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
        until: day(30) + HOUR,
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
        until: day(60) + HOUR,
      }),
      ofPurchase('cs_stack2', ['ada', 'cus_stack1'], ['exports'], {
        joined: ['pi_stack2'],
        until: day(60) + HOUR,
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
        until: day(30) + HOUR,
      }),
      ofPurchase('cs_again2', ['ada', 'cus_again1'], ['exports'], {
        joined: ['pi_again2'],
        until: day(70) + HOUR,
      }),
    ],
  }),
]
