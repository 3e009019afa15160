import { kind, type Kind } from '../kind.ts'

const HOUR = 3_600
const DAY = 86_400

const SPANS = {
  'an hour': HOUR,
  'two hours': 2 * HOUR,
  'a day': DAY,
  '3 days': 3 * DAY,
  '8 days': 8 * DAY,
  '15 days': 15 * DAY,
  '31 days': 31 * DAY,
  '3 months': 92 * DAY,
  'half a year': 183 * DAY,
} as const

type Span = keyof typeof SPANS

const wait = kind<{ span: Span }>(
  'wait',
  16,
  // The long ones come twice: two years have to pass.
  {
    span: [
      ...(Object.keys(SPANS) as Span[]),
      ...(['31 days', '31 days', '3 months', '3 months'] as const),
    ],
  },
  {
    words: ({ span }) => `waits ${span}`,
    async play(stage, { span }) {
      await stage.advance(SPANS[span])
      return ''
    },
  },
)

const EDGES = {
  'a minute before': -60,
  'the second before': -1,
  'the second of': 0,
  'half an hour after': HOUR / 2,
  'an hour after': HOUR,
  'two hours after': 2 * HOUR,
  'three days after': 3 * DAY,
} as const

type Edge = keyof typeof EDGES

const edge = kind<{ edge: Edge; which: number }>(
  'edge',
  8,
  { edge: Object.keys(EDGES) as Edge[], which: [0, 0, 1] },
  {
    words: ({ edge }) => `waits until ${edge} the period's end`,
    async play(stage, { edge, which }) {
      const sub = stage.subscription(which)
      const ends = sub?.items.data.map((item) => item.current_period_end) ?? []
      const to = Math.min(...ends) + EDGES[edge]
      if (sub === undefined || !(to > stage.now())) return null
      await stage.advance(to - stage.now())
      return sub.id
    },
  },
)

export const WAITING: readonly Kind[] = [wait, edge]
