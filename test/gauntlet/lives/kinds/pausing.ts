import { kind, type Kind } from '../kind.ts'
import { pick } from '../life-stage.ts'

const DAY = 86_400
type Behaviour = 'keep_as_draft' | 'mark_uncollectible' | 'void'

const pauseCollection = kind<{ which: number; behavior: Behaviour; days: number }>(
  'pauseCollection',
  2,
  {
    which: [0, 0, 1],
    behavior: ['void', 'keep_as_draft', 'mark_uncollectible'],
    days: [0, 0, 45],
  },
  {
    words: ({ behavior, days }) =>
      `collection is paused (${behavior}${days > 0 ? `, for ${days} days` : ''})`,
    async play(stage, { which, behavior, days }) {
      const sub = stage.subscription(which)
      if (sub === undefined) return null
      await stage.api.subscriptions.update(sub.id, {
        pause_collection: {
          behavior,
          ...(days > 0 ? { resumes_at: stage.now() + days * DAY } : {}),
        },
      })
      return sub.id
    },
  },
)

const resumeCollection = kind<{ which: number }>(
  'resumeCollection',
  2,
  { which: [0, 1] },
  {
    words: () => 'collection is resumed',
    async play(stage, { which }) {
      const sub = pick(
        stage.subscriptions().filter(({ pause_collection: paused }) => paused !== null),
        which,
      )
      if (sub === undefined) return null
      await stage.api.subscriptions.update(sub.id, { pause_collection: '' })
      return sub.id
    },
  },
)

const pause = kind<{ which: number; credit: boolean }>(
  'pause',
  2,
  { which: [0, 0, 1], credit: [false, true] },
  {
    words: ({ credit }) => `the subscription is paused${credit ? ', unused time credited' : ''}`,
    async play(stage, { which, credit }) {
      const sub = stage.subscription(which, 'active', 'past_due', 'unpaid')
      if (sub === undefined) return null
      await stage.api.subscriptions.pause(
        sub.id,
        credit ? {} : { bill_for: { unused_time_from: { type: 'none' } } },
      )
      return sub.id
    },
  },
)

type Resumption = 'resume_on_payment_attempt' | 'resume_on_payment_success'

const resume = kind<{ which: number; behavior: Resumption; anchor: 'now' | 'unchanged' }>(
  'resume',
  3,
  {
    which: [0, 1],
    behavior: ['resume_on_payment_attempt', 'resume_on_payment_success'],
    anchor: ['now', 'unchanged'],
  },
  {
    words: ({ behavior, anchor }) => `the subscription is resumed (${behavior}, anchor ${anchor})`,
    async play(stage, { which, behavior, anchor }) {
      const sub = stage.subscription(which, 'paused')
      if (sub === undefined) return null
      await stage.api.subscriptions.resume(sub.id, {
        payment_behavior: behavior,
        billing_cycle_anchor: { type: anchor },
      })
      return sub.id
    },
  },
)

export const PAUSING: readonly Kind[] = [pauseCollection, resumeCollection, pause, resume]
