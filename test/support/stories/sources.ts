import { buyByCard, createByCard, Customer, subscribeByCard } from '../stripe/index.ts'
import { CALLS, CALLS_MORE, EXPORTS, LIFETIME, PRO } from './catalogs.ts'
import {
  ADA,
  ada,
  adasPro,
  check,
  day,
  no,
  ofPurchase,
  ofSubscription,
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

export const sources: Story[] = [
  story({
    id: 'limits',
    name: 'limits of two subscriptions add up, and ending one leaves the other',
    rules: ['R22'],
    events: THIN,
    tell(stripe) {
      const customer = new Customer(stripe)
      createByCard(stripe, { customer, items: [{ price: CALLS }], metadata: ADA })
      const { subscription } = createByCard(stripe, {
        customer,
        items: [{ price: CALLS_MORE }],
        metadata: ADA,
      })
      stripe.until(day(10))
      subscription.end()
    },
    checkpoints: [
      check(day(9), 'ada', { calls: yes('active', { value: 1500 }) }),
      check(day(11), 'ada', { calls: yes('active', { value: 500 }) }),
    ],
    witness: [
      ofSubscription('sub_limits1', ['ada', 'cus_limits1'], ['calls']),
      ofSubscription('sub_limits2', ['ada', 'cus_limits1'], ['calls']),
    ],
  }),
  story({
    id: 'both',
    name: 'a flag bought for good outlives the subscription that also gave it',
    rules: ['R22', 'R01', 'R15'],
    tell(stripe) {
      const customer = ada(stripe)
      buyByCard(stripe, { customer, price: LIFETIME })
      const { subscription } = createByCard(stripe, {
        customer,
        items: [{ price: PRO, quantity: 2 }],
      })
      stripe.until(day(10))
      subscription.end()
    },
    checkpoints: [
      check(day(9), 'ada', {
        reports: yes('active', { until: null }),
        seats: yes('active', { value: 2 }),
      }),
      check(day(11), 'ada', { reports: yes('active', { until: null }), seats: no('ended') }),
    ],
    witness: [
      ofPurchase('cs_both1', ['ada', 'cus_both1'], ['reports'], { joined: ['pi_both1'] }),
      ofSubscription('sub_both1', ['ada', 'cus_both1'], ['reports', 'seats']),
    ],
  }),
  story({
    id: 'gone',
    name: 'deleting the customer ends subscriptions and leaves what was bought for good',
    rules: ['R23'],
    tell(stripe) {
      const customer = ada(stripe)
      buyByCard(stripe, { customer, price: LIFETIME, metadata: ADA })
      const { subscription } = subscribeByCard(stripe, {
        customer,
        items: [{ price: PRO, quantity: 2 }],
        metadata: ADA,
      })
      stripe.until(day(10))
      subscription.end()
      customer.delete()
    },
    checkpoints: [
      check(day(9), 'ada', { reports: yes('active'), seats: yes('active', { value: 2 }) }),
      check(day(11), 'ada', { reports: yes('active', { until: null }), seats: no('ended') }),
    ],
    witness: [
      ofPurchase('cs_gone1', ['ada', 'cus_gone1'], ['reports'], { joined: ['pi_gone1'] }),
      ofSubscription('sub_gone1', ['ada', 'cus_gone1'], ['reports', 'seats']),
    ],
  }),
  story({
    id: 'silent',
    name: 'a deleted customer has no subscription, even where its own end was not told',
    rules: ['R23'],
    events: [
      'customer.created',
      'customer.deleted',
      'customer.subscription.created',
      'invoice.paid',
    ],
    tell(stripe) {
      const customer = ada(stripe)
      createByCard(stripe, { customer, items: [{ price: PRO }], metadata: ADA })
      stripe.until(day(10))
      customer.delete()
    },
    checkpoints: [
      check(day(9), 'ada', { reports: yes('active') }),
      check(day(11), 'ada', { reports: no('ended') }),
    ],
    witness: [adasPro('silent')],
  }),
  story({
    id: 'addons',
    name: 'a second subscription for an add-on stands and falls on its own',
    rules: ['R22', 'R10'],
    tell(stripe) {
      const customer = ada(stripe)
      createByCard(stripe, { customer, items: [{ price: PRO }] })
      stripe.until(day(5))
      const { subscription } = createByCard(stripe, { customer, items: [{ price: EXPORTS }] })
      stripe.until(day(15))
      subscription.end()
    },
    checkpoints: [
      check(day(6), 'ada', { reports: yes('active'), exports: yes('active') }),
      check(day(16), 'ada', { reports: yes('active'), exports: no('ended') }),
    ],
    witness: [
      ofSubscription('sub_addons1', ['ada', 'cus_addons1'], ['reports', 'seats']),
      ofSubscription('sub_addons2', ['ada', 'cus_addons1'], ['exports']),
    ],
  }),
]
