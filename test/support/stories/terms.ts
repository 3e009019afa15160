import {
  createByCard,
  Customer,
  DAY,
  firstInvoice,
  HOUR,
  MINUTE,
  renew,
  Subscription,
} from '../stripe/index.ts'
import { PRO, PRO_YEARLY, withPolicy } from './catalogs.ts'
import {
  ADA,
  ada,
  adasPro,
  check,
  day,
  FEBRUARY,
  MARCH,
  no,
  START,
  type Story,
  story,
  yes,
} from './story.ts'

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
  story({
    id: 'holiday',
    name: 'a paused collection keeps access, month after month',
    rules: ['R14'],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
      })
      stripe.until(day(10))
      subscription.update({ pauseCollection: { behavior: 'void', resumes_at: null } })
      stripe.until(FEBRUARY)
      renew(subscription).void()
      stripe.until(MARCH)
      renew(subscription).void()
    },
    checkpoints: [
      check(day(11), 'ada', { reports: yes() }),
      check(FEBRUARY + 10 * DAY, 'ada', { reports: yes() }),
      check(MARCH + 10 * DAY, 'ada', { reports: yes() }),
    ],
    witness: [adasPro('holiday')],
  }),
  story({
    id: 'nofree',
    name: 'a seller who suspends paused collections serves again on resume',
    rules: ['R14'],
    catalog: withPolicy({ pauseCollection: 'suspend' }),
    events: ['customer.subscription.created', 'customer.subscription.updated', 'invoice.paid'],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        metadata: ADA,
      })
      stripe.until(day(10))
      subscription.update({ pauseCollection: { behavior: 'keep_as_draft', resumes_at: null } })
      stripe.until(day(20))
      subscription.update({ pauseCollection: null })
    },
    checkpoints: [
      check(day(9), 'ada', { reports: yes('active') }),
      check(day(11), 'ada', { reports: no('suspended') }),
      check(day(21), 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('nofree')],
  }),
  story({
    id: 'forgiven',
    name: 'a month forgiven while collection was paused stays served after the pause',
    rules: ['R14', 'R21'],
    // Only newer payloads say why an invoice was written off.
    shapes: ['basil'],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
      })
      stripe.until(day(10))
      subscription.update({ pauseCollection: { behavior: 'mark_uncollectible', resumes_at: null } })
      stripe.until(FEBRUARY)
      const invoice = renew(subscription)
      stripe.wait(HOUR)
      invoice.finalize().markUncollectible('subscription_paused')
      stripe.until(FEBRUARY + 5 * DAY)
      subscription.update({ pauseCollection: null })
    },
    checkpoints: [
      check(FEBRUARY + 4 * DAY, 'ada', { reports: yes() }),
      check(FEBRUARY + 20 * DAY, 'ada', { reports: yes('active') }),
      check(MARCH + 4 * DAY, 'ada', { reports: no() }),
    ],
    witness: [adasPro('forgiven')],
  }),
  story({
    id: 'pauseend',
    name: 'a subscription paused at Stripe is suspended within its paid month and served on resume',
    rules: ['R12'],
    events: [
      'customer.subscription.created',
      'customer.subscription.updated',
      'customer.subscription.paused',
      'customer.subscription.resumed',
      'invoice.paid',
    ],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        metadata: ADA,
      })
      stripe.until(day(10))
      const items = subscription.state.items
      const paused = items.map((item) => ({ ...item, periodEnd: day(10) }))
      const statusDetails = { paused: { subscription: { type: 'pause_requested' } } }
      subscription
        .update({ status: 'paused', items: paused, statusDetails })
        .emit('customer.subscription.paused')
      stripe.until(day(20))
      subscription
        .update({ status: 'active', items, statusDetails: null })
        .emit('customer.subscription.resumed')
    },
    checkpoints: [
      check(day(10) + MINUTE, 'ada', { reports: no('suspended') }),
      check(day(19), 'ada', { reports: no('suspended') }),
      check(day(21), 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('pauseend')],
  }),
]
