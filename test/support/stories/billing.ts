import {
  createByCard,
  Customer,
  DAY,
  firstInvoice,
  HOUR,
  MINUTE,
  Subscription,
  subscribeByCard,
} from '../stripe/index.ts'
import { MYSTERY, PRO, TEAM } from './catalogs.ts'
import {
  ADA,
  ada,
  adasPro,
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

export const billing: Story[] = [
  story({
    id: 'card',
    name: 'a card at Checkout: served from the first minute through the paid month',
    rules: ['R07'],
    tell(stripe) {
      subscribeByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO, quantity: 5 }],
        metadata: ADA,
      })
    },
    checkpoints: [
      check(START + MINUTE, 'ada', {
        reports: yes('active', { value: true }),
        seats: yes('active', { value: 5 }),
        exports: no('none'),
      }),
      check(FEBRUARY - HOUR, 'ada', { reports: yes('active'), seats: yes('active', { value: 5 }) }),
      check(FEBRUARY + 71 * HOUR, 'ada', { reports: yes() }),
      check(FEBRUARY + 73 * HOUR, 'ada', { reports: no() }),
    ],
    witness: [adasPro('card')],
  }),
  story({
    id: 'lookup',
    name: 'a price is matched by its lookup key where the catalog names no id',
    rules: ['R07'],
    events: [
      'customer.subscription.created',
      'customer.subscription.updated',
      'invoice.paid',
      'invoice.finalized',
    ],
    tell(stripe) {
      const customer = new Customer(stripe)
      createByCard(stripe, { customer, items: [{ price: TEAM, quantity: 2 }], metadata: ADA })
    },
    checkpoints: [
      check(day(3), 'ada', {
        reports: yes('active'),
        exports: yes('active'),
        seats: yes('active', { value: 2 }),
      }),
    ],
    witness: [
      ofSubscription('sub_lookup1', ['ada', 'cus_lookup1'], ['reports', 'exports', 'seats']),
    ],
  }),
  story({
    id: 'second',
    name: 'incomplete and active in the same second: active is the later',
    rules: ['R07', 'R13'],
    events: [
      'customer.subscription.created',
      'customer.subscription.updated',
      'invoice.paid',
      'invoice.created',
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
      // The snapshot of `created` is already paid, as 3 of 15 real captures show.
      invoice.finalize().pay().emit('invoice.created')
      subscription.update({ status: 'active' })
    },
    checkpoints: [check(START + MINUTE, 'ada', { reports: yes('active') })],
    witness: [adasPro('second')],
  }),
  story({
    id: 'stamp',
    name: 'a subscription stamped a second after its own payment is served all the same',
    rules: ['R07'],
    events: ['customer.subscription.created', 'invoice.paid', 'invoice.payment_succeeded'],
    tell(stripe) {
      const customer = new Customer(stripe)
      const subscription = new Subscription(stripe, {
        customer,
        items: [{ price: PRO }],
        metadata: ADA,
      })
      firstInvoice(subscription).finalize().pay()
      stripe.wait(1)
      subscription.emit('customer.subscription.created')
    },
    checkpoints: [check(START + MINUTE, 'ada', { reports: yes('active') })],
    witness: [adasPro('stamp')],
  }),
  story({
    id: 'balance',
    name: 'a credit balance pays the whole invoice: paid with nothing paid',
    rules: ['R07'],
    tell(stripe) {
      const subscription = new Subscription(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
      })
      const invoice = firstInvoice(subscription, { balance: 2000 })
      subscription.emit('customer.subscription.created')
      invoice.draft().finalize().pay()
    },
    checkpoints: [
      check(START + MINUTE, 'ada', { reports: yes('active') }),
      check(FEBRUARY - HOUR, 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('balance')],
  }),
  story({
    id: 'coupon',
    name: 'a subscription at 100 % off is served like a paid one',
    rules: ['R07'],
    tell(stripe) {
      subscribeByCard(stripe, { customer: ada(stripe), items: [{ price: PRO }], isFree: true })
    },
    checkpoints: [
      check(START + MINUTE, 'ada', { reports: yes('active') }),
      check(FEBRUARY - HOUR, 'ada', { reports: yes('active') }),
      check(FEBRUARY + 4 * DAY, 'ada', { reports: no() }),
    ],
    witness: [adasPro('coupon')],
  }),
  story({
    id: 'cheque',
    name: 'an invoice paid out of band has no payment and is paid',
    rules: ['R07'],
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
      firstInvoice(subscription).draft().finalize().payOutOfBand()
      subscription.emit('customer.subscription.created')
    },
    checkpoints: [check(START + MINUTE, 'ada', { reports: yes('active') })],
    witness: [adasPro('cheque')],
  }),
  story({
    id: 'mystery',
    name: 'a paid price that no product matches grants nothing',
    rules: ['R24'],
    tell(stripe) {
      subscribeByCard(stripe, { customer: ada(stripe), items: [{ price: MYSTERY }] })
    },
    checkpoints: [
      check(day(1), 'ada', { reports: no('none'), exports: no('none'), seats: no('none') }),
    ],
    witness: [],
  }),
]
