import { buyByCard, Customer } from '../stripe/index.ts'
import { LIFETIME, withPolicy } from './catalogs.ts'
import { ADA, check, day, no, ofPurchase, type Story, story, yes } from './story.ts'

const THIN = [
  'checkout.session.completed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
]

function witness(id: string) {
  return ofPurchase(`cs_${id}1`, ['ada', `cus_${id}1`], ['reports'], {
    joined: [`pi_${id}1`],
    amount: 30_000,
  })
}

function lifetime(stripe: Customer['account']) {
  return buyByCard(stripe, { customer: new Customer(stripe), price: LIFETIME, metadata: ADA })
    .payment
}

const bought = { reports: yes('active', { until: null }) }

export const disputes: Story[] = [
  story({
    id: 'won',
    name: 'a dispute suspends a purchase while it runs and gives it back when won',
    rules: ['R20'],
    events: THIN,
    tell(stripe) {
      const payment = lifetime(stripe)
      stripe.until(day(10))
      const dispute = payment.dispute()
      stripe.until(day(12))
      dispute.update('under_review')
      stripe.until(day(40))
      dispute.close('won')
    },
    checkpoints: [
      check(day(9), 'ada', bought),
      check(day(11), 'ada', { reports: no('suspended') }),
      check(day(13), 'ada', { reports: no('suspended') }),
      check(day(41), 'ada', bought),
    ],
    witness: [witness('won')],
  }),
  story({
    id: 'latewin',
    name: 'a lost dispute ends a purchase, and a late win brings it back',
    rules: ['R20'],
    events: THIN,
    tell(stripe) {
      const payment = lifetime(stripe)
      stripe.until(day(10))
      const dispute = payment.dispute()
      stripe.until(day(40))
      dispute.close('lost')
      stripe.until(day(70))
      dispute.update('won')
    },
    checkpoints: [
      check(day(11), 'ada', { reports: no('suspended') }),
      check(day(41), 'ada', { reports: no('ended') }),
      check(day(71), 'ada', bought),
    ],
    witness: [witness('latewin')],
  }),
  story({
    id: 'bornlost',
    name: 'a dispute born lost ends the purchase, even where it is told before the payment',
    rules: ['R20'],
    events: [...THIN, 'payment_intent.succeeded', 'charge.succeeded'],
    tell(stripe) {
      lifetime(stripe).dispute('lost').emit('charge.dispute.closed')
    },
    checkpoints: [check(day(1), 'ada', { reports: no('ended') })],
    witness: [witness('bornlost')],
  }),
  story({
    id: 'inquiry',
    name: 'a mere inquiry takes nothing away',
    rules: ['R20'],
    events: THIN,
    tell(stripe) {
      const payment = lifetime(stripe)
      stripe.until(day(10))
      const dispute = payment.dispute('warning_needs_response')
      stripe.until(day(12))
      dispute.update('warning_under_review')
      stripe.until(day(40))
      dispute.close('warning_closed')
    },
    checkpoints: [
      check(day(11), 'ada', bought),
      check(day(13), 'ada', bought),
      check(day(41), 'ada', bought),
    ],
    witness: [witness('inquiry')],
  }),
  story({
    id: 'escalate',
    name: 'an inquiry that becomes a chargeback suspends',
    rules: ['R20'],
    events: THIN,
    tell(stripe) {
      const payment = lifetime(stripe)
      stripe.until(day(10))
      const dispute = payment.dispute('warning_needs_response')
      stripe.until(day(12))
      dispute.update('needs_response')
    },
    checkpoints: [
      check(day(11), 'ada', bought),
      check(day(13), 'ada', { reports: no('suspended') }),
    ],
    witness: [witness('escalate')],
  }),
  story({
    id: 'prevented',
    name: 'a prevented dispute is a refund by another name',
    rules: ['R20', 'R18'],
    events: [...THIN, 'refund.created', 'charge.refunded'],
    tell(stripe) {
      const payment = lifetime(stripe)
      stripe.until(day(10))
      payment.dispute('prevented')
    },
    checkpoints: [check(day(9), 'ada', bought), check(day(11), 'ada', { reports: no() })],
    witness: [witness('prevented')],
  }),
  story({
    id: 'tolerant',
    name: 'a seller who serves through disputes',
    rules: ['R20'],
    catalog: withPolicy({ dispute: 'keep' }),
    events: THIN,
    tell(stripe) {
      lifetime(stripe).dispute()
    },
    checkpoints: [check(day(1), 'ada', bought)],
    witness: [witness('tolerant')],
  }),
]
