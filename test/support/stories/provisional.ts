import { Customer, HOUR, MINUTE, subscribeByCard } from '../stripe/index.ts'
import { PRO } from './catalogs.ts'
import { ADA, ada, adasPro, check, day, no, START, type Story, story, yes } from './story.ts'

export const provisional: Story[] = [
  story({
    id: 'provisional',
    name: 'Checkout says paid and the subscription is not heard of: served for three days, no longer',
    rules: ['R03'],
    events: ['checkout.session.completed', 'customer.created'],
    tell(stripe) {
      const { session } = subscribeByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO, quantity: 4 }],
      })
      session.read()
    },
    checkpoints: [
      check(START + MINUTE, 'ada', { reports: yes(), seats: yes(undefined, { value: 4 }) }),
      check(START + 71 * HOUR, 'ada', { reports: yes() }),
      check(START + 74 * HOUR, 'ada', { reports: no() }),
      check(day(30), 'ada', { reports: no() }),
    ],
    witness: [adasPro('provisional')],
  }),
  story({
    id: 'noinvoice',
    name: 'Checkout says paid, the subscription says active, the invoice is late: served meanwhile',
    rules: ['R03'],
    events: [
      'checkout.session.completed',
      'customer.subscription.created',
      'customer.subscription.updated',
    ],
    tell(stripe) {
      subscribeByCard(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        metadata: ADA,
      })
    },
    checkpoints: [check(START + HOUR, 'ada', { reports: yes() })],
    witness: [adasPro('noinvoice')],
  }),
]
