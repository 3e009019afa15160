import { kind, type Kind } from '../kind.ts'

const RETRIES = {
  'on 4 days of a week': [1, 3, 5, 7],
  'after 3 days': [3],
  'on 8 days of two weeks': [1, 3, 5, 7, 9, 11, 13, 14],
  never: [],
} as const

type Retries = keyof typeof RETRIES
type Then = 'cancel' | 'unpaid' | 'past_due' | 'pause'

const dunning = kind<{ retries: Retries; then: Then }>(
  'dunning',
  1,
  {
    retries: Object.keys(RETRIES) as Retries[],
    then: ['cancel', 'unpaid', 'past_due', 'pause'],
  },
  {
    words: ({ retries, then }) => `failed payments are retried ${retries}, then: ${then}`,
    async play(stage, { retries, then }) {
      stage.sandbox.settings({ retryDays: RETRIES[retries], afterRetries: then })
      return Promise.resolve('')
    },
  },
)

export const DUNNING: readonly Kind[] = [dunning]
