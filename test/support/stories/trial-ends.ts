import { Customer, DAY, HOUR, MINUTE, renew, startTrial } from '../stripe/index.ts'
import { PRO } from './catalogs.ts'
import { ADA, ada, adasPro, check, day, no, type Story, story, yes } from './story.ts'

const END = day(14)
const TRIAL = { trialEnd: END }
const THIN = ['customer.subscription.created', 'customer.subscription.updated', 'invoice.paid']

export const trialEnds: Story[] = [
  story({
    id: 'convert',
    name: 'a trial that turns into a paid month has no gap',
    rules: ['R06', 'R08', 'R07'],
    events: [...THIN, 'invoice.created'],
    tell(stripe) {
      const { subscription } = startTrial(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        metadata: ADA,
        ...TRIAL,
      })
      stripe.until(END)
      const invoice = renew(subscription, { changes: { status: 'active' } })
      stripe.wait(HOUR)
      invoice.finalize().pay()
    },
    checkpoints: [
      check(END + 30 * MINUTE, 'ada', { reports: yes() }),
      check(END + 2 * HOUR, 'ada', { reports: yes('active') }),
      check(END + 25 * DAY, 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('convert')],
  }),
  story({
    id: 'dead',
    name: 'a card that fails after the trial gets its days of grace and no more',
    rules: ['R06', 'R10'],
    tell(stripe) {
      const { subscription } = startTrial(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
        ...TRIAL,
      })
      stripe.until(END)
      const invoice = renew(subscription, { changes: { status: 'active' } })
      stripe.wait(HOUR)
      invoice.finalize().fail()
      subscription.update({ status: 'past_due' })
    },
    checkpoints: [
      check(END + 2 * HOUR, 'ada', { reports: yes('grace', { until: END + HOUR + 7 * DAY }) }),
      check(END + 6 * DAY, 'ada', { reports: yes('grace') }),
      check(END + 8 * DAY, 'ada', { reports: no('suspended') }),
    ],
    witness: [adasPro('dead')],
  }),
  story({
    id: 'nocard',
    name: 'a trial without a card ends in a cancellation',
    rules: ['R06', 'R15'],
    events: [...THIN, 'customer.subscription.deleted'],
    tell(stripe) {
      const { subscription } = startTrial(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO }],
        metadata: ADA,
        ...TRIAL,
      })
      stripe.until(END)
      subscription.end('payment_failed')
    },
    checkpoints: [
      check(day(13), 'ada', { reports: yes('trial') }),
      check(END + MINUTE, 'ada', { reports: no('ended') }),
    ],
    witness: [adasPro('nocard')],
  }),
  story({
    id: 'paused',
    name: 'a trial without a card that pauses is suspended until it resumes paid',
    rules: ['R06', 'R12'],
    tell(stripe) {
      const { subscription } = startTrial(stripe, {
        customer: ada(stripe),
        items: [{ price: PRO }],
        ...TRIAL,
      })
      stripe.until(END)
      const type = 'trial_end_without_payment_method'
      subscription.update({
        status: 'paused',
        statusDetails: { paused: { subscription: { type } } },
      })
      subscription.emit('customer.subscription.paused')
      stripe.until(END + 10 * DAY)
      const invoice = renew(subscription, { changes: { status: 'active', statusDetails: null } })
      invoice.finalize().pay()
      subscription.emit('customer.subscription.resumed')
    },
    checkpoints: [
      check(END + MINUTE, 'ada', { reports: no('suspended') }),
      check(END + 9 * DAY, 'ada', { reports: no('suspended') }),
      check(END + 10 * DAY + MINUTE, 'ada', { reports: yes('active') }),
    ],
    witness: [adasPro('paused')],
  }),
]
