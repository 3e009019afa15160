import { type Account, createByCard, Customer, HOUR, MINUTE } from '../stripe/index.ts'
import { PRO } from './catalogs.ts'
import { ADA, adasPro, check, day, FEBRUARY, no, type Story, story, yes } from './story.ts'

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

export const endings: Story[] = [
  story({
    id: 'classic',
    name: 'a cancellation at period end is served to the end of what was paid',
    rules: ['R16', 'R15'],
    events: THIN,
    tell(stripe) {
      const { subscription } = month(stripe)
      stripe.until(day(10))
      subscription.update({ cancelAt: FEBRUARY, cancelAtPeriodEnd: true, canceledAt: day(10) })
      stripe.until(FEBRUARY)
      subscription.end()
    },
    checkpoints: [
      check(day(9), 'ada', { reports: yes('active') }),
      check(day(11), 'ada', { reports: ending }),
      check(FEBRUARY - MINUTE, 'ada', { reports: ending }),
      check(FEBRUARY + MINUTE, 'ada', { reports: no('ended') }),
    ],
    witness: [adasPro('classic')],
  }),
  story({
    id: 'portal',
    name: 'the portal cancels by date alone, and the date ends it though no event says so',
    rules: ['R16'],
    events: THIN,
    tell(stripe) {
      const { subscription } = month(stripe)
      stripe.until(day(10))
      subscription.update({ cancelAt: FEBRUARY, canceledAt: day(10) })
    },
    checkpoints: [
      check(day(11), 'ada', { reports: ending }),
      check(FEBRUARY - MINUTE, 'ada', { reports: ending }),
      check(FEBRUARY + HOUR, 'ada', { reports: no() }),
    ],
    witness: [adasPro('portal')],
  }),
  story({
    id: 'undo',
    name: 'a cancellation undone three weeks later is no cancellation',
    rules: ['R16'],
    events: THIN,
    tell(stripe) {
      const { subscription } = month(stripe)
      stripe.until(day(3))
      subscription.update({ cancelAt: FEBRUARY, cancelAtPeriodEnd: true, canceledAt: day(3) })
      stripe.until(day(25))
      subscription.update(KEPT)
    },
    checkpoints: [
      check(day(4), 'ada', { reports: ending }),
      check(day(26), 'ada', { reports: yes('active') }),
      check(FEBRUARY + HOUR, 'ada', { reports: yes() }),
    ],
    witness: [adasPro('undo')],
  }),
]
