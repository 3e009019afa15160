import { createByCard, Customer, HOUR } from '../stripe/index.ts'
import { PRO, TEAM } from './catalogs.ts'
import {
  ADA,
  ada,
  BOB,
  check,
  day,
  no,
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
const TEAM_GIVES = ['reports', 'exports', 'seats']

export const identities: Story[] = [
  story({
    id: 'shared',
    name: 'two app customers behind one Stripe customer are never one',
    rules: ['R29', 'R22', 'R15'],
    events: THIN,
    tell(stripe) {
      const customer = new Customer(stripe)
      const { subscription } = createByCard(stripe, {
        customer,
        items: [{ price: PRO, quantity: 3 }],
        metadata: ADA,
      })
      stripe.wait(HOUR)
      createByCard(stripe, { customer, items: [{ price: TEAM, quantity: 7 }], metadata: BOB })
      stripe.until(day(10))
      subscription.end()
    },
    checkpoints: [
      check(day(1), 'ada', {
        reports: yes('active'),
        exports: no(),
        seats: yes('active', { value: 3 }),
      }),
      check(day(1), 'bob', {
        reports: yes('active'),
        exports: yes('active'),
        seats: yes('active', { value: 7 }),
      }),
      check(day(11), 'ada', { reports: no('ended'), seats: no('ended') }),
      check(day(11), 'bob', { reports: yes('active'), seats: yes('active', { value: 7 }) }),
    ],
    witness: [
      ofSubscription('sub_shared1', ['ada'], PRO_GIVES),
      ofSubscription('sub_shared2', ['bob'], TEAM_GIVES),
    ],
  }),
  story({
    id: 'twice',
    name: 'one app customer with two Stripe customers has what both bought',
    rules: ['R29', 'R22'],
    tell(stripe) {
      createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO, quantity: 3 }] })
      stripe.until(day(2))
      const { subscription } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: TEAM, quantity: 2 }],
      })
      stripe.until(day(9))
      subscription.end()
    },
    checkpoints: [
      check(day(1), 'ada', { exports: no(), seats: yes('active', { value: 3 }) }),
      check(day(3), 'ada', { exports: yes('active'), seats: yes('active', { value: 5 }) }),
      check(day(10), 'ada', {
        reports: yes('active'),
        exports: no('ended'),
        seats: yes('active', { value: 3 }),
      }),
    ],
    witness: [
      ofSubscription('sub_twice1', ['ada', 'cus_twice1'], PRO_GIVES),
      ofSubscription('sub_twice2', ['ada', 'cus_twice2'], TEAM_GIVES),
    ],
  }),
  story({
    id: 'nobody',
    name: "whom nothing names is known by the Stripe customer's own id",
    rules: ['R29', 'R07'],
    events: [...THIN, 'customer.created'],
    tell(stripe) {
      const customer = new Customer(stripe).emit('customer.created')
      createByCard(stripe, { customer, items: [{ price: PRO, quantity: 2 }] })
    },
    checkpoints: [
      check(START + HOUR, 'cus_nobody1', {
        reports: yes('active'),
        seats: yes('active', { value: 2 }),
      }),
    ],
    witness: [ofSubscription('sub_nobody1', ['cus_nobody1'], PRO_GIVES)],
  }),
  story({
    id: 'renamed',
    name: 'a customer named after the purchase owns what was bought before',
    rules: ['R29'],
    events: [...THIN, 'customer.created', 'customer.updated'],
    tell(stripe) {
      const customer = new Customer(stripe).emit('customer.created')
      createByCard(stripe, { customer, items: [{ price: PRO }] })
      stripe.until(day(2))
      customer.update({ metadata: ADA })
    },
    checkpoints: [
      check(day(1), 'cus_renamed1', { reports: yes('active') }),
      check(day(3), 'ada', { reports: yes('active') }),
      check(day(3), 'cus_renamed1', { reports: no() }),
    ],
    witness: [ofSubscription('sub_renamed1', ['ada', 'cus_renamed1'], PRO_GIVES)],
  }),
]
