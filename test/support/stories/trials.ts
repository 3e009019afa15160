import {
  createByCard,
  Customer,
  DAY,
  extraLine,
  firstInvoice,
  HOUR,
  MINUTE,
  renew,
  startTrial,
  Subscription,
} from '../stripe/index.ts'
import { FEE, PRO, withPolicy } from './catalogs.ts'
import { ADA, ada, adasPro, check, day, no, START, type Story, story, yes } from './story.ts'

const END = day(14)
const TRIAL = { trialEnd: END }
const THIN = ['customer.subscription.created', 'customer.subscription.updated', 'invoice.paid']

export const trials: Story[] = [
  story({
    id: 'trial',
    name: 'a trial is served to its last minute, and an hour more while its end is not heard of',
    rules: ['R06'],
    tell(stripe) {
      startTrial(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO, quantity: 2 }],
        metadata: ADA,
        ...TRIAL,
      })
    },
    checkpoints: [
      check(START + MINUTE, 'ada', {
        reports: yes('trial', { until: END + HOUR }),
        seats: yes('trial', { value: 2 }),
      }),
      check(END - MINUTE, 'ada', { reports: yes('trial') }),
      check(END + 30 * MINUTE, 'ada', { reports: yes() }),
      check(END + 2 * HOUR, 'ada', { reports: no() }),
    ],
    witness: [adasPro('trial')],
  }),
  story({
    id: 'zero',
    name: 'the $0 invoice of a trial is no money: an unpaid first month ends with the window',
    rules: ['R06', 'R08'],
    events: [...THIN, 'invoice.created'],
    tell(stripe) {
      const { subscription } = startTrial(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        metadata: ADA,
        ...TRIAL,
      })
      stripe.until(END)
      renew(subscription, { changes: { status: 'active' } })
    },
    checkpoints: [
      check(END + 2 * HOUR, 'ada', { reports: yes() }),
      check(END + 71 * HOUR, 'ada', { reports: yes() }),
      check(END + 73 * HOUR, 'ada', { reports: no() }),
      check(END + 20 * DAY, 'ada', { reports: no() }),
    ],
    witness: [adasPro('zero')],
  }),
  story({
    id: 'fee',
    name: 'a set-up fee paid during the trial buys no month of its own',
    rules: ['R06', 'R24'],
    events: [...THIN, 'invoice.created'],
    tell(stripe) {
      const customer = new Customer(stripe)
      const fields = { customer, items: [{ price: PRO }], metadata: ADA, ...TRIAL }
      const { subscription } = startTrial(stripe, {
        ...fields,
        extraLines: [extraLine(FEE, START)],
      })
      stripe.until(END)
      renew(subscription, { changes: { status: 'active' } })
    },
    checkpoints: [
      check(day(7), 'ada', { reports: yes('trial') }),
      check(END + 73 * HOUR, 'ada', { reports: no() }),
    ],
    witness: [adasPro('fee')],
  }),
  story({
    id: 'notrial',
    name: 'a catalog that honours no trials serves from the first payment',
    rules: ['R06', 'R09'],
    catalog: withPolicy({ trial: 'deny' }),
    events: [...THIN, 'invoice.created'],
    tell(stripe) {
      const customer = new Customer(stripe)
      const subscription = new Subscription(stripe, {
        customer,
        items: [{ price: PRO }],
        metadata: ADA,
        ...TRIAL,
      })
      firstInvoice(subscription).finalize().pay()
      subscription.emit('customer.subscription.created')
      stripe.until(END)
      const invoice = renew(subscription, { changes: { status: 'active' } })
      stripe.wait(HOUR)
      invoice.finalize().pay()
    },
    checkpoints: [
      check(day(7), 'ada', { reports: no() }),
      check(END + 30 * MINUTE, 'ada', { reports: no('pending') }),
      check(END + 2 * HOUR, 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('notrial')],
  }),
  story({
    id: 'retrial',
    name: 'a running subscription may be given a new trial',
    rules: ['R06'],
    events: THIN,
    tell(stripe) {
      const { subscription } = createByCard(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        metadata: ADA,
      })
      stripe.until(day(10))
      const items = subscription.state.items.map((item) => ({
        ...item,
        periodStart: day(10),
        periodEnd: day(40),
      }))
      subscription.update({ status: 'trialing', trialStart: day(10), trialEnd: day(40), items })
    },
    checkpoints: [
      check(day(9), 'ada', { reports: yes('active') }),
      check(day(20), 'ada', { reports: yes() }),
      check(day(39), 'ada', { reports: yes() }),
      check(day(40) + 2 * HOUR, 'ada', { reports: no() }),
    ],
    witness: [adasPro('retrial')],
  }),
]
