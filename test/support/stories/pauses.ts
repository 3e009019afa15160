import { createByCard, Customer, DAY, HOUR, MINUTE, renew } from '../stripe/index.ts'
import { PRO, withPolicy } from './catalogs.ts'
import {
  ADA,
  ada,
  adasPro,
  check,
  day,
  FEBRUARY,
  MARCH,
  no,
  type Story,
  story,
  yes,
} from './story.ts'

export const pauses: Story[] = [
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
    name: 'a seller who suspends paused collections serves again once a month is paid',
    rules: ['R14'],
    catalog: withPolicy({ pauseCollection: 'suspend' }),
    events: ['customer.subscription.created', 'customer.subscription.updated', 'invoice.paid'],
    tell(stripe) {
      const customer = new Customer(stripe)
      const { subscription } = createByCard(stripe, {
        customer,
        items: [{ price: PRO }],
        metadata: ADA,
      })
      stripe.until(day(10))
      subscription.update({ pauseCollection: { behavior: 'keep_as_draft', resumes_at: null } })
      stripe.until(FEBRUARY)
      const invoice = renew(subscription)
      stripe.until(FEBRUARY + 10 * DAY)
      subscription.update({ pauseCollection: null })
      invoice.finalize().pay()
    },
    checkpoints: [
      check(day(9), 'ada', { reports: yes('active') }),
      check(FEBRUARY + 4 * DAY, 'ada', { reports: no('suspended') }),
      check(FEBRUARY + 11 * DAY, 'ada', { reports: yes('active') }),
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
