import {
  buyByCard,
  createByCard,
  Customer,
  DAY,
  HOUR,
  MINUTE,
  renew,
  subscribeByCard,
} from '../stripe/index.ts'
import { LIFETIME, PRO, withPolicy } from './catalogs.ts'
import {
  ADA,
  ada,
  adasPro,
  check,
  day,
  FEBRUARY,
  no,
  ofPurchase,
  START,
  type Story,
  story,
  yes,
} from './story.ts'

const THIN = [
  'checkout.session.completed',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refunded',
]

function witness(id: string) {
  return ofPurchase(`cs_${id}1`, ['ada', `cus_${id}1`], ['reports'], {
    joined: [`pi_${id}1`],
    amount: 30_000,
  })
}

function lifetime(stripe: Customer['account']) {
  return buyByCard(stripe, { customer: new Customer(stripe), price: LIFETIME, metadata: ADA })
}

const bought = { reports: yes('active', { until: null }) }

export const refunds: Story[] = [
  story({
    id: 'refund',
    name: 'a one-time product given back in full is taken away',
    rules: ['R18'],
    events: THIN,
    tell(stripe) {
      const { payment } = lifetime(stripe)
      stripe.until(day(5))
      payment.refund()
    },
    checkpoints: [check(day(4), 'ada', bought), check(day(6), 'ada', { reports: no() })],
    witness: [witness('refund')],
  }),
  story({
    id: 'part',
    name: 'a discount given afterwards takes nothing away',
    rules: ['R18'],
    events: THIN,
    tell(stripe) {
      const { payment } = lifetime(stripe)
      stripe.until(day(5))
      payment.refund(10_000)
    },
    checkpoints: [check(day(6), 'ada', bought)],
    witness: [witness('part')],
  }),
  story({
    id: 'parts',
    name: 'two partial refunds that make up the price are a full refund',
    rules: ['R18'],
    events: THIN,
    tell(stripe) {
      const { payment } = lifetime(stripe)
      stripe.until(day(5))
      payment.refund(10_000)
      stripe.until(day(8))
      payment.refund(20_000)
    },
    checkpoints: [check(day(6), 'ada', bought), check(day(9), 'ada', { reports: no() })],
    witness: [witness('parts')],
  }),
  story({
    id: 'bank',
    name: 'a refund that the bank sends back gives the purchase back',
    rules: ['R18'],
    events: THIN,
    tell(stripe) {
      const { payment } = lifetime(stripe)
      stripe.until(day(5))
      const refund = payment.refund()
      stripe.until(day(9))
      refund.fail()
    },
    checkpoints: [
      check(day(4), 'ada', bought),
      check(day(6), 'ada', { reports: no() }),
      check(day(10), 'ada', bought),
    ],
    witness: [witness('bank')],
  }),
  story({
    id: 'retry',
    name: 'a failed refund repeated with success is a refund, once',
    rules: ['R18'],
    events: ['checkout.session.completed', 'refund.created', 'refund.failed'],
    tell(stripe) {
      const { payment } = lifetime(stripe)
      stripe.until(day(5))
      const refund = payment.refund(15_000)
      stripe.until(day(9))
      refund.fail()
      payment.refund(15_000)
    },
    checkpoints: [check(day(6), 'ada', bought), check(day(10), 'ada', bought)],
    witness: [witness('retry')],
  }),
  story({
    id: 'early',
    name: 'a refund stamped before its own payment is still a refund',
    rules: ['R18'],
    events: [...THIN, 'payment_intent.succeeded'],
    tell(stripe) {
      const { payment, session } = lifetime(stripe)
      const refund = payment.refund()
      refund.emit('refund.updated', { at: START - 1 })
      session.emit('checkout.session.completed', { at: START + MINUTE })
    },
    checkpoints: [check(START + HOUR, 'ada', { reports: no() })],
    witness: [witness('early')],
  }),
  story({
    id: 'keepone',
    name: 'a seller who lets refunded buyers keep the product',
    rules: ['R18'],
    catalog: withPolicy({ oneTimeRefund: 'keep' }),
    events: THIN,
    tell(stripe) {
      lifetime(stripe).payment.refund()
    },
    checkpoints: [check(day(1), 'ada', bought)],
    witness: [witness('keepone')],
  }),
  story({
    id: 'subback',
    name: 'a refunded month of a subscription is served on: canceling is the signal',
    rules: ['R19'],
    tell(stripe) {
      const { invoice } = subscribeByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
      })
      stripe.until(day(5))
      invoice.intent().refund()
    },
    checkpoints: [
      check(day(6), 'ada', { reports: yes('active') }),
      check(FEBRUARY - HOUR, 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('subback')],
  }),
  story({
    id: 'subrevoke',
    name: 'a seller who revokes refunded months takes only the refunded one',
    rules: ['R19'],
    catalog: withPolicy({ subscriptionRefund: 'revoke' }),
    tell(stripe) {
      const { subscription, invoice } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
      })
      stripe.until(day(5))
      invoice.intent().refund()
      stripe.until(FEBRUARY)
      const next = renew(subscription)
      stripe.wait(HOUR)
      next.finalize().pay()
    },
    checkpoints: [
      check(day(4), 'ada', { reports: yes('active') }),
      check(day(6), 'ada', { reports: no() }),
      check(FEBRUARY + 2 * DAY, 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('subrevoke')],
  }),
]
