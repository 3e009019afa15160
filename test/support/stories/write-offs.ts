import { createByCard, Customer, DAY, HOUR, renew } from '../stripe/index.ts'
import { PRO } from './catalogs.ts'
import { ADA, ada, adasPro, check, FEBRUARY, MARCH, no, type Story, story, yes } from './story.ts'

const THIN = [
  'customer.subscription.created',
  'customer.subscription.updated',
  'invoice.paid',
  'invoice.payment_failed',
]

export const writeOffs: Story[] = [
  story({
    id: 'void',
    name: 'voiding the failed invoice makes Stripe say active: that is no money; the next month is',
    rules: ['R21', 'R10'],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
      })
      stripe.until(FEBRUARY)
      const invoice = renew(subscription)
      stripe.wait(HOUR)
      invoice.finalize().fail()
      subscription.update({ status: 'past_due' })
      stripe.wait(5 * DAY)
      invoice.void()
      subscription.update({ status: 'active' })
      stripe.until(MARCH)
      const next = renew(subscription)
      stripe.wait(HOUR)
      next.finalize().pay()
    },
    checkpoints: [
      check(FEBRUARY + 9 * DAY, 'ada', { reports: no() }),
      check(MARCH - HOUR, 'ada', { reports: no() }),
      check(MARCH + 2 * HOUR, 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('void')],
  }),
  story({
    id: 'writeoff',
    name: 'writing the invoice off turns the subscription active and serves nobody',
    rules: ['R21'],
    events: [...THIN, 'invoice.marked_uncollectible'],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        metadata: ADA,
      })
      stripe.until(FEBRUARY)
      const invoice = renew(subscription)
      stripe.wait(HOUR)
      invoice.finalize().fail(null)
      stripe.wait(8 * DAY)
      invoice.markUncollectible()
      subscription.update({ status: 'active' })
    },
    checkpoints: [
      check(FEBRUARY + 9 * DAY, 'ada', { reports: no() }),
      check(MARCH - DAY, 'ada', { reports: no() }),
    ],
    witness: [adasPro('writeoff')],
  }),
  story({
    id: 'unpaid',
    name: 'unpaid is suspended, and paying an older invoice does not change that; the latest does',
    rules: ['R12', 'R10'],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
      })
      stripe.until(FEBRUARY)
      const older = renew(subscription)
      stripe.wait(HOUR)
      older.finalize().fail()
      subscription.update({ status: 'past_due' })
      stripe.wait(14 * DAY)
      older.fail(null)
      subscription.update({ status: 'unpaid' })
      stripe.until(MARCH)
      const latest = renew(subscription)
      stripe.until(MARCH + 2 * DAY)
      older.intent().succeed()
      older.settle()
      stripe.until(MARCH + 5 * DAY)
      latest.finalize().pay()
      subscription.update({ status: 'active' })
    },
    checkpoints: [
      check(FEBRUARY + 15 * DAY, 'ada', { reports: no('suspended') }),
      check(MARCH + DAY, 'ada', { reports: no('suspended') }),
      check(MARCH + 3 * DAY, 'ada', { reports: no('suspended') }),
      check(MARCH + 6 * DAY, 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('unpaid')],
  }),
  story({
    id: 'lastly',
    name: 'the last retry fails, Stripe cancels, and the old invoice is paid after all: still ended',
    rules: ['R15', 'R10'],
    events: [...THIN, 'customer.subscription.deleted'],
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        metadata: ADA,
      })
      stripe.until(FEBRUARY)
      const invoice = renew(subscription)
      stripe.wait(HOUR)
      invoice.finalize().fail(null)
      stripe.wait(2 * DAY)
      subscription.end('payment_failed')
      stripe.wait(3 * DAY)
      invoice.intent().succeed()
      invoice.settle()
    },
    checkpoints: [
      check(FEBRUARY + DAY, 'ada', { reports: yes() }),
      check(FEBRUARY + 3 * DAY, 'ada', { reports: no('ended') }),
      check(FEBRUARY + 7 * DAY, 'ada', { reports: no('ended') }),
    ],
    witness: [adasPro('lastly')],
  }),
]
