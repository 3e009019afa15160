import { ada, check, day, no, type Story, story, yes } from './story.ts'

export const entitlements: Story[] = [
  story({
    id: 'summary',
    name: "Stripe's own entitlements grant while the latest summary lists them",
    rules: ['R25'],
    tell(stripe) {
      const customer = ada(stripe)
      customer.entitle(['priority_support', 'something_else'])
      stripe.until(day(5))
      customer.entitle(['something_else'], ['priority_support', 'something_else'])
    },
    checkpoints: [
      check(day(1), 'ada', { support: yes('active', { value: true }), reports: no('none') }),
      check(day(6), 'ada', { support: no() }),
    ],
    witness: [
      {
        kind: 'entitlement',
        root: 'cus_summary1',
        customers: ['ada', 'cus_summary1'],
        features: ['support'],
        lookupKey: 'priority_support',
      },
    ],
  }),
  story({
    id: 'many',
    name: 'a summary of more than ten grants the ten it lists',
    rules: ['R25'],
    tell(stripe) {
      const others = Array.from({ length: 11 }, (_, index) => `feature_${String(index)}`)
      ada(stripe).entitle(['priority_support', ...others])
    },
    checkpoints: [check(day(1), 'ada', { support: yes('active') })],
    witness: [
      {
        kind: 'entitlement',
        root: 'cus_many1',
        customers: ['ada', 'cus_many1'],
        features: ['support'],
        lookupKey: 'priority_support',
      },
    ],
  }),
]
