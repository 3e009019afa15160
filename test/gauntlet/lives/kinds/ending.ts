import { kind, type Kind } from '../kind.ts'
import { pick } from '../life-stage.ts'

const DAY = 86_400

const cancel = kind<{ which: number; isProrated: boolean }>(
  'cancel',
  3,
  { which: [0, 0, 1], isProrated: [false, false, true] },
  {
    words: ({ isProrated }) => `cancels now${isProrated ? ', unused time credited' : ''}`,
    async play(stage, { which, isProrated }) {
      const sub = stage.subscription(which)
      if (sub === undefined) return null
      await stage.api.subscriptions.cancel(
        sub.id,
        isProrated ? { invoice_now: true, prorate: true } : {},
      )
      return sub.id
    },
  },
)

type Later = 'atPeriodEnd' | 'maxPeriodEnd' | 'inTenDays'

const cancelLater = kind<{ which: number; when: Later }>(
  'cancelLater',
  3,
  { which: [0, 0, 1], when: ['atPeriodEnd', 'atPeriodEnd', 'maxPeriodEnd', 'inTenDays'] },
  {
    words: ({ when }) =>
      ({
        atPeriodEnd: "cancels at the period's end",
        maxPeriodEnd: "cancels at the period's end by a fixed date",
        inTenDays: 'cancels in ten days',
      })[when],
    async play(stage, { which, when }) {
      const sub = stage.subscription(which)
      if (sub === undefined) return null
      await stage.api.subscriptions.update(
        sub.id,
        when === 'atPeriodEnd'
          ? { cancel_at_period_end: true }
          : { cancel_at: when === 'maxPeriodEnd' ? 'max_period_end' : stage.now() + 10 * DAY },
      )
      return sub.id
    },
  },
)

const keep = kind<{ which: number }>(
  'keep',
  2,
  { which: [0, 1] },
  {
    words: () => 'takes the cancellation back',
    async play(stage, { which }) {
      const sub = pick(
        stage.subscriptions().filter((one) => one.cancel_at_period_end || one.cancel_at !== null),
        which,
      )
      if (sub === undefined) return null
      await stage.api.subscriptions.update(
        sub.id,
        sub.cancel_at_period_end ? { cancel_at_period_end: false } : { cancel_at: '' },
      )
      return sub.id
    },
  },
)

const remove = kind<{ which: number }>(
  'remove',
  1,
  { which: [1, 0] },
  {
    words: () => "the customer's record is deleted",
    async play(stage, { which }) {
      const customer = pick(stage.customers(), which)
      if (customer === undefined) return null
      await stage.api.customers.del(customer)
      return customer
    },
  },
)

export const ENDING: readonly Kind[] = [cancel, cancelLater, keep, remove]
