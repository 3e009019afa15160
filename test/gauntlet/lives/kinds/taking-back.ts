import { resolveDispute } from '../../../../src/sandbox/resources/disputes/resolve-dispute.ts'
import { kind, type Kind } from '../kind.ts'
import { pick } from '../life-stage.ts'

const refund = kind<{ which: number; part: 'all' | 'half' }>(
  'refund',
  5,
  { which: [0, 0, 1, 2], part: ['all', 'all', 'half'] },
  {
    words: ({ which, part }) =>
      `is refunded ${part === 'all' ? 'all that is left' : 'half'} of ${['the last charge', 'the charge before the last', 'the third last charge'][which] ?? 'a charge'}`,
    async play(stage, { which, part }) {
      const charge = stage.charges()[which]
      if (charge === undefined) return null
      const left = charge.amount_captured - charge.amount_refunded
      const amount = part === 'all' ? left : Math.floor(left / 2)
      if (amount < 1) return null
      await stage.api.refunds.create({ charge: charge.id, amount })
      return charge.id
    },
  },
)

const resolve = kind<{ which: number; outcome: 'won' | 'lost' }>(
  'resolve',
  3,
  { which: [0, 0, 1], outcome: ['won', 'lost'] },
  {
    words: ({ outcome }) => `${outcome === 'won' ? 'wins' : 'loses'} a dispute (the shop)`,
    async play(stage, { which, outcome }) {
      const { world } = stage.sandbox
      const open = [...world.table('dispute').values()].filter(
        ({ status }) =>
          status !== 'won' &&
          status !== 'warning_closed' &&
          status !== 'prevented' &&
          status !== outcome,
      )
      const dispute = pick(open, which)
      if (dispute === undefined) return null
      stage.act(() => resolveDispute(world, dispute.id, outcome))
      return dispute.id
    },
  },
)

export const TAKING_BACK: readonly Kind[] = [refund, resolve]
