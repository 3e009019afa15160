import {
  CheckoutSession,
  createByCard,
  Customer,
  HOUR,
  MINUTE,
  openPurchase,
  subscribeByCard,
} from '../stripe/index.ts'
import { LIFETIME, PRO, withPolicy } from './catalogs.ts'
import {
  ADA,
  BOB,
  check,
  day,
  no,
  ofPurchase,
  ofSubscription,
  START,
  type Story,
  story,
  yes,
} from './story.ts'

const THIN = [
  'customer.subscription.created',
  'customer.subscription.updated',
  'customer.subscription.deleted',
  'invoice.paid',
]
const PRO_GIVES = ['reports', 'seats']

export const references: Story[] = [
  story({
    id: 'reference',
    name: 'the reference given to Checkout names whose subscription it is',
    rules: ['R29', 'R07'],
    events: [...THIN, 'checkout.session.completed'],
    tell(stripe) {
      subscribeByCard(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        clientReferenceId: 'ada',
      })
    },
    checkpoints: [
      check(START + MINUTE, 'ada', { reports: yes('active') }),
      check(START + MINUTE, 'cus_reference1', { reports: no() }),
    ],
    witness: [ofSubscription('sub_reference1', ['ada', 'cus_reference1'], PRO_GIVES)],
  }),
  story({
    id: 'session',
    name: 'the metadata of the Checkout session names whose subscription it is',
    rules: ['R29'],
    events: [...THIN, 'checkout.session.completed'],
    tell(stripe) {
      subscribeByCard(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        sessionMetadata: ADA,
      })
    },
    checkpoints: [
      check(START + MINUTE, 'ada', { reports: yes('active') }),
      check(START + MINUTE, 'cus_session1', { reports: no() }),
    ],
    witness: [ofSubscription('sub_session1', ['ada', 'cus_session1'], PRO_GIVES)],
  }),
  story({
    id: 'conflict',
    name: 'a subscription that names its customer is not given to whom the session names',
    rules: ['R29'],
    events: [...THIN, 'checkout.session.completed'],
    tell(stripe) {
      const customer = new Customer(stripe, { metadata: BOB })
      const fields = { customer, items: [{ price: PRO }], metadata: ADA, clientReferenceId: 'bob' }
      subscribeByCard(stripe, fields)
    },
    checkpoints: [
      check(START + HOUR, 'ada', { reports: yes('active') }),
      check(START + HOUR, 'bob', { reports: no(), seats: no() }),
    ],
    witness: [ofSubscription('sub_conflict1', ['ada', 'bob', 'cus_conflict1'], PRO_GIVES)],
  }),
  story({
    id: 'link',
    name: 'a reference typed into a Payment Link is not believed where the seller says so',
    rules: ['R29', 'R01'],
    catalog: withPolicy({ trustClientReferenceId: 'exceptPaymentLinks' }),
    events: ['checkout.session.completed', 'payment_intent.succeeded'],
    tell(stripe) {
      const customer = new Customer(stripe)
      const fields = {
        customer,
        price: LIFETIME,
        clientReferenceId: 'ada',
        paymentLink: 'plink_link1',
      }
      const { session, payment } = openPurchase(stripe, fields)
      payment.succeed()
      session.complete('paid')
      stripe.wait(2)
      session.read()
    },
    checkpoints: [
      check(START + HOUR, 'ada', { reports: no() }),
      check(START + HOUR, 'cus_link1', { reports: yes('active', { until: null }) }),
    ],
    witness: [ofPurchase('cs_link1', ['cus_link1'], ['reports'], { joined: ['pi_link1'] })],
  }),
  story({
    id: 'gift',
    name: 'a session opened for another customer and never completed names nobody',
    rules: ['R29', 'R01'],
    events: [...THIN, 'checkout.session.expired'],
    tell(stripe) {
      const customer = new Customer(stripe)
      const session = new CheckoutSession(stripe, {
        mode: 'subscription',
        customer,
        items: [{ price: PRO }],
        clientReferenceId: 'bob',
      })
      createByCard(stripe, { customer, items: [{ price: PRO }], metadata: ADA })
      stripe.until(day(1))
      session.expire()
    },
    checkpoints: [
      check(day(2), 'ada', { reports: yes('active') }),
      check(day(2), 'bob', { reports: no() }),
    ],
    witness: [ofSubscription('sub_gift1', ['ada'], PRO_GIVES)],
  }),
]
