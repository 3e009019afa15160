import { Customer, DAY, firstInvoice, HOUR, Subscription } from '../stripe/index.ts'
import { PRO, PRO_YEARLY, withPolicy } from './catalogs.ts'
import { ADA, ada, adasPro, check, day, no, START, type Story, story, yes } from './story.ts'

const TERMS = { collectionMethod: 'send_invoice', daysUntilDue: 30 } as const
const DUE = day(30)

export const terms: Story[] = [
  story({
    id: 'terms',
    name: "a customer on 30 days' terms is served until the due date and a week more, then when paid",
    rules: ['R11'],
    tell(stripe) {
      const subscription = new Subscription(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO_YEARLY, quantity: 20 }],
        ...TERMS,
      })
      const invoice = firstInvoice(subscription)
      subscription.emit('customer.subscription.created')
      invoice.draft()
      stripe.wait(HOUR)
      invoice.finalize()
      stripe.until(DUE + HOUR)
      subscription.update({ status: 'past_due' })
      stripe.until(day(45))
      invoice.intent().succeed()
      invoice.settle()
      subscription.update({ status: 'active' })
    },
    checkpoints: [
      check(day(5), 'ada', {
        reports: yes(undefined, { until: DUE + 7 * DAY }),
        seats: yes(undefined, { value: 20 }),
      }),
      check(DUE - HOUR, 'ada', { reports: yes() }),
      check(DUE + 6 * DAY, 'ada', { reports: yes('grace', { until: DUE + 7 * DAY }) }),
      check(DUE + 8 * DAY, 'ada', { reports: no('suspended') }),
      check(day(46), 'ada', { reports: yes('active'), seats: yes('active', { value: 20 }) }),
      check(day(360), 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('terms')],
  }),
  story({
    id: 'paidonly',
    name: 'paidOnly serves no one on terms before the money is there',
    rules: ['R11'],
    catalog: withPolicy({ sendInvoice: 'paidOnly' }),
    events: ['customer.subscription.created', 'invoice.finalized', 'invoice.paid'],
    tell(stripe) {
      const customer = new Customer(stripe)
      const subscription = new Subscription(stripe, {
        customer,
        items: [{ price: PRO_YEARLY }],
        metadata: ADA,
        ...TERMS,
      })
      const invoice = firstInvoice(subscription)
      subscription.emit('customer.subscription.created')
      stripe.wait(HOUR)
      invoice.finalize()
      stripe.until(day(20))
      invoice.settle()
    },
    checkpoints: [
      check(day(5), 'ada', { reports: no('pending') }),
      check(day(21), 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('paidonly')],
  }),
  story({
    id: 'incomplete',
    name: 'a first card that fails waits as incomplete and expires',
    rules: ['R13'],
    tell(stripe) {
      const subscription = new Subscription(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
        status: 'incomplete',
      })
      const invoice = firstInvoice(subscription)
      subscription.emit('customer.subscription.created')
      invoice.draft().finalize().fail(null)
      stripe.wait(23 * HOUR)
      subscription.update({
        status: 'incomplete_expired',
        canceledAt: stripe.now,
        endedAt: stripe.now,
      })
      invoice.void()
    },
    checkpoints: [
      check(START + HOUR, 'ada', { reports: no('pending') }),
      check(day(2), 'ada', { reports: no('ended') }),
    ],
    witness: [adasPro('incomplete')],
  }),
  story({
    id: 'incpay',
    name: 'an incomplete subscription is served once its first invoice is paid',
    rules: ['R13', 'R07'],
    events: [
      'customer.subscription.created',
      'customer.subscription.updated',
      'invoice.payment_failed',
      'invoice.paid',
    ],
    tell(stripe) {
      const customer = new Customer(stripe)
      const subscription = new Subscription(stripe, {
        customer,
        items: [{ price: PRO }],
        metadata: ADA,
        status: 'incomplete',
      })
      const invoice = firstInvoice(subscription)
      subscription.emit('customer.subscription.created')
      invoice.finalize().fail(null)
      stripe.wait(3 * HOUR)
      invoice.intent().succeed()
      invoice.settle()
      subscription.update({ status: 'active' })
    },
    checkpoints: [
      check(START + HOUR, 'ada', { reports: no('pending') }),
      check(START + 4 * HOUR, 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('incpay')],
  }),
]
