import type { Subscription, SubscriptionItem } from '../../../../src/sandbox/tables.ts'
import { kind, type Kind } from '../kind.ts'
import type { LifeStage } from '../life-stage.ts'
import { INTERVALS, PLANS, type Interval, type Plan } from '../shop.ts'

const BILLED = {
  prorations: { proration_behavior: 'create_prorations' },
  always_invoice: { proration_behavior: 'always_invoice' },
  pending_if_incomplete: {
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
  },
  error_if_incomplete: {
    proration_behavior: 'always_invoice',
    payment_behavior: 'error_if_incomplete',
  },
  'no proration': { proration_behavior: 'none' },
} as const

type Billed = keyof typeof BILLED
const BILLED_NAMES = Object.keys(BILLED) as Billed[]
const CHANGEABLE = ['active', 'trialing', 'past_due', 'unpaid', 'incomplete']

interface Found {
  readonly sub: Subscription
  readonly item: SubscriptionItem
  readonly plan: Plan
  readonly interval: Interval
}

/** A subscription that has a plan among its items. */
function planOf(stage: LifeStage, which: number): Found | null {
  const sub = stage.subscription(which, ...CHANGEABLE)
  for (const item of sub?.items.data ?? []) {
    for (const plan of PLANS) {
      for (const interval of INTERVALS) {
        if (sub !== undefined && item.price.id === stage.shop.plan[plan][interval]) {
          return { sub, item, plan, interval }
        }
      }
    }
  }
  return null
}

const plan = kind<{ which: number; billed: Billed }>(
  'plan',
  5,
  { which: [0, 0, 1], billed: BILLED_NAMES },
  {
    words: ({ billed }) => `changes to the other plan (${billed})`,
    async play(stage, { which, billed }) {
      const found = planOf(stage, which)
      if (found === null) return null
      const other = found.plan === 'pro' ? 'basic' : 'pro'
      await stage.api.subscriptions.update(found.sub.id, {
        items: [{ id: found.item.id, price: stage.shop.plan[other][found.interval] }],
        ...BILLED[billed],
      })
      return `${found.sub.id}: ${found.plan} → ${other}`
    },
  },
)

const interval = kind<{ which: number; billed: Billed }>(
  'interval',
  2,
  { which: [0, 0, 1], billed: BILLED_NAMES.slice(0, 2) },
  {
    words: ({ billed }) => `changes between month and year (${billed})`,
    async play(stage, { which, billed }) {
      const found = planOf(stage, which)
      // Items of one subscription keep one interval here.
      if (found === null || found.sub.items.data.length > 1) return null
      const other = found.interval === 'month' ? 'year' : 'month'
      await stage.api.subscriptions.update(found.sub.id, {
        items: [{ id: found.item.id, price: stage.shop.plan[found.plan][other] }],
        ...BILLED[billed],
      })
      return `${found.sub.id}: ${found.interval} → ${other}`
    },
  },
)

const seats = kind<{ which: number; seats: number; billed: Billed }>(
  'seats',
  5,
  { which: [0, 0, 1], seats: [1, 2, 3, 5, 8], billed: BILLED_NAMES },
  {
    words: ({ seats, billed }) => `changes to ${seats} seats (${billed})`,
    async play(stage, { which, seats, billed }) {
      const found = planOf(stage, which)
      if (found === null || found.item.quantity === seats) return null
      await stage.api.subscriptions.update(found.sub.id, {
        items: [{ id: found.item.id, quantity: seats }],
        ...BILLED[billed],
      })
      return `${found.sub.id}: ${String(found.item.quantity)} → ${seats}`
    },
  },
)

const addOn = kind<{ which: number; billed: Billed }>(
  'addOn',
  2,
  { which: [0, 0, 1], billed: BILLED_NAMES.slice(0, 3) },
  {
    words: ({ billed }) => `adds the add-on, or drops it (${billed})`,
    async play(stage, { which, billed }) {
      const found = planOf(stage, which)
      if (found === null) return null
      const price = stage.shop.addOn[found.interval]
      const had = found.sub.items.data.find((item) => item.price.id === price)
      await stage.api.subscriptions.update(found.sub.id, {
        items: [had === undefined ? { price } : { id: had.id, deleted: true }],
        ...BILLED[billed],
      })
      return `${found.sub.id}: ${had === undefined ? 'added' : 'dropped'}`
    },
  },
)

const endTrial = kind<{ which: number }>(
  'endTrial',
  1,
  { which: [0, 1] },
  {
    words: () => 'ends the trial now',
    async play(stage, { which }) {
      const sub = stage.subscription(which, 'trialing')
      if (sub === undefined) return null
      await stage.api.subscriptions.update(sub.id, { trial_end: 'now' })
      return sub.id
    },
  },
)

export const CHANGING: readonly Kind[] = [plan, interval, seats, addOn, endTrial]
