import {
  type Account,
  createByCard,
  Customer,
  HOUR,
  MINUTE,
  startTrial,
  subscribeByCard,
} from '../stripe/index.ts'
import { PRO } from './catalogs.ts'
import {
  ADA,
  ada,
  adasPro,
  check,
  day,
  FEBRUARY,
  no,
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
const ending = yes('ending', { until: FEBRUARY })
const KEPT = { cancelAt: null, cancelAtPeriodEnd: false, canceledAt: null }

/** A month of Pro at a thin endpoint. */
function month(stripe: Account) {
  return createByCard(stripe, {
    customer: new Customer(stripe),
    items: [{ price: PRO }],
    metadata: ADA,
  })
}

export const cancellations: Story[] = [
  story({
    id: 'minds',
    name: 'cancel, undo and cancel within one second: the last word counts',
    rules: ['R16'],
    events: THIN,
    tell(stripe) {
      const { subscription } = month(stripe)
      const canceled = { cancelAt: FEBRUARY, cancelAtPeriodEnd: true, canceledAt: day(10) }
      stripe.until(day(10))
      subscription.update(canceled, { request: 'req_minds1' })
      subscription.update(KEPT, { request: 'req_minds2' })
      subscription.update(canceled, { request: 'req_minds3' })
    },
    checkpoints: [
      check(day(11), 'ada', { reports: ending }),
      check(FEBRUARY + HOUR, 'ada', { reports: no() }),
    ],
    witness: [adasPro('minds')],
  }),
  story({
    id: 'doubled',
    name: 'a cancellation told by two events and undone once is undone',
    rules: ['R16'],
    events: THIN,
    tell(stripe) {
      const { subscription } = month(stripe)
      stripe.until(day(10))
      const canceled = { cancelAt: FEBRUARY, cancelAtPeriodEnd: true, canceledAt: day(10) }
      subscription.update(canceled, { request: 'req_doubled1' })
      stripe.double('customer.subscription.updated')
      subscription.update(KEPT, { request: 'req_doubled2' })
    },
    checkpoints: [check(day(11), 'ada', { reports: yes('active') })],
    witness: [adasPro('doubled')],
  }),
  story({
    id: 'now',
    name: 'canceled now is ended now, whatever was paid',
    rules: ['R15'],
    tell(stripe) {
      const { subscription } = subscribeByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
        metadata: ADA,
      })
      stripe.until(day(10))
      subscription.end()
    },
    checkpoints: [
      check(day(9), 'ada', { reports: yes('active') }),
      check(day(10) + MINUTE, 'ada', { reports: no('ended'), seats: no('ended') }),
    ],
    witness: [adasPro('now')],
  }),
  story({
    id: 'resent',
    name: 'Checkout completed, resent a month later, does not revive a subscription that ended',
    rules: ['R03', 'R15'],
    events: [...THIN, 'checkout.session.completed'],
    tell(stripe) {
      const { subscription, session } = subscribeByCard(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        metadata: ADA,
      })
      session.read()
      stripe.until(day(20))
      subscription.end()
      stripe.until(day(29))
      // A read that a late delivery set off finds the session as complete and paid as ever.
      session.read()
    },
    checkpoints: [
      check(day(21), 'ada', { reports: no('ended') }),
      check(day(30), 'ada', { reports: no('ended') }),
    ],
    witness: [adasPro('resent')],
  }),
  story({
    id: 'trialend',
    name: 'a trial that is canceled runs to its end',
    rules: ['R16', 'R06'],
    events: THIN,
    tell(stripe) {
      const trialEnd = day(14)
      const { subscription } = startTrial(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        metadata: ADA,
        trialEnd,
      })
      stripe.until(day(3))
      subscription.update({ cancelAt: trialEnd, cancelAtPeriodEnd: true, canceledAt: day(3) })
      stripe.until(trialEnd)
      subscription.end()
    },
    checkpoints: [
      check(START + HOUR, 'ada', { reports: yes('trial') }),
      check(day(13), 'ada', { reports: yes(undefined, { until: day(14) }) }),
      check(day(14) + MINUTE, 'ada', { reports: no('ended') }),
    ],
    witness: [adasPro('trialend')],
  }),
]
