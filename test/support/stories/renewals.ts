import {
  createByCard,
  Customer,
  DAY,
  firstInvoice,
  HOUR,
  MINUTE,
  renew,
  Subscription,
  subscribeByCard,
} from '../stripe/index.ts'
import { PRO } from './catalogs.ts'
import {
  ADA,
  ada,
  adasPro,
  check,
  FEBRUARY,
  MARCH,
  no,
  START,
  type Story,
  story,
  yes,
} from './story.ts'

export const renewals: Story[] = [
  story({
    id: 'renewal',
    name: 'a renewal is drafted for an hour, then paid: nobody notices',
    rules: ['R07', 'R08'],
    tell(stripe) {
      const { subscription } = subscribeByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO, quantity: 4 }],
      })
      stripe.until(FEBRUARY)
      const invoice = renew(subscription)
      stripe.wait(HOUR)
      invoice.finalize().pay()
    },
    checkpoints: [
      check(FEBRUARY + 30 * MINUTE, 'ada', { reports: yes(), seats: yes(undefined, { value: 4 }) }),
      check(FEBRUARY + 2 * HOUR, 'ada', {
        reports: yes('active'),
        seats: yes('active', { value: 4 }),
      }),
      check(MARCH - HOUR, 'ada', { reports: yes('active') }),
      check(MARCH + 73 * HOUR, 'ada', { reports: no() }),
    ],
    witness: [adasPro('renewal')],
  }),
  story({
    id: 'draft',
    name: 'a renewal that stays a draft is waited for 72 hours, though the new period shows as active',
    rules: ['R08'],
    events: [
      'customer.subscription.created',
      'customer.subscription.updated',
      'invoice.paid',
      'invoice.created',
    ],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        metadata: ADA,
      })
      stripe.until(FEBRUARY)
      renew(subscription)
    },
    checkpoints: [
      check(FEBRUARY + 71 * HOUR, 'ada', { reports: yes() }),
      check(FEBRUARY + 73 * HOUR, 'ada', { reports: no() }),
      check(MARCH - DAY, 'ada', { reports: no() }),
    ],
    witness: [adasPro('draft')],
  }),
  story({
    id: 'debit',
    name: 'a renewal debit still processing on day ten is no failure',
    rules: ['R08'],
    tell(stripe) {
      const { subscription } = subscribeByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
      })
      stripe.until(FEBRUARY)
      const invoice = renew(subscription)
      stripe.wait(HOUR)
      invoice
        .finalize()
        .process()
        .emit('invoice.updated', { previous: { attempted: false, attempt_count: 0 } })
      stripe.until(FEBRUARY + 12 * DAY)
      invoice.intent().settle()
      invoice.settle()
    },
    checkpoints: [
      check(FEBRUARY + 10 * DAY, 'ada', { reports: yes() }),
      check(FEBRUARY + 13 * DAY, 'ada', { reports: yes('active') }),
      check(MARCH - HOUR, 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('debit')],
  }),
  story({
    id: 'lostdebit',
    name: 'a renewal debit that never settles is not waited for beyond its days',
    rules: ['R08'],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
      })
      stripe.until(FEBRUARY)
      const invoice = renew(subscription)
      stripe.wait(HOUR)
      invoice
        .finalize()
        .process()
        .emit('invoice.updated', { previous: { attempted: false, attempt_count: 0 } })
    },
    checkpoints: [
      check(FEBRUARY + 20 * DAY, 'ada', { reports: yes() }),
      check(FEBRUARY + 25 * DAY, 'ada', { reports: no() }),
    ],
    witness: [adasPro('lostdebit')],
  }),
  story({
    id: 'stuck',
    name: "an invoice that Stripe cannot finalise is the seller's trouble, not the buyer's",
    rules: ['R08'],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
      })
      stripe.until(FEBRUARY)
      const invoice = renew(subscription)
      stripe.wait(HOUR)
      invoice.failFinalization()
    },
    checkpoints: [
      check(FEBRUARY + 2 * HOUR, 'ada', { reports: yes() }),
      check(FEBRUARY + 6 * DAY, 'ada', { reports: yes() }),
    ],
    witness: [adasPro('stuck')],
  }),
  story({
    id: 'schedule',
    name: 'a schedule starts a subscription: active with a draft invoice is not paid',
    rules: ['R09'],
    events: [
      'customer.subscription.created',
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
    ],
    tell(stripe) {
      const subscription = new Subscription(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        metadata: ADA,
      })
      const invoice = firstInvoice(subscription)
      subscription.emit('customer.subscription.created')
      invoice.draft()
      stripe.wait(HOUR)
      invoice.finalize().pay()
    },
    checkpoints: [
      check(START + MINUTE, 'ada', { reports: no('pending') }),
      check(START + HOUR + MINUTE, 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('schedule')],
  }),
]
