import type { WorkloadName } from './workload/bench-event.ts'

/** One load that contenders are put under, and who of them. */
export interface LoadPlan {
  title: string
  workload: WorkloadName
  senders: number
  /** Share of `--seconds` it lasts. */
  share: number
  contenders: readonly string[]
  /** Whom the others are set against. */
  baselines: readonly string[]
}

const EVERYONE = [
  'floor',
  'lone insert',
  'intake',
  'intake over HTTP',
  'whole path',
  'naive',
  'naive, express',
]

export const LOADS: readonly LoadPlan[] = [
  {
    title: '64 senders, `customer.subscription.updated` of 4.3 KB, each changes a verdict',
    workload: 'update',
    senders: 64,
    share: 1,
    contenders: EVERYONE,
    baselines: ['floor', 'naive'],
  },
  {
    title: '64 senders, whole purchases (12 events each, 1.6 KB on average)',
    workload: 'purchase',
    senders: 64,
    share: 1,
    contenders: ['floor', 'intake over HTTP', 'whole path', 'naive'],
    baselines: ['floor', 'naive'],
  },
  {
    title: 'a lone sender, `customer.subscription.updated` of 4.3 KB',
    workload: 'update',
    senders: 1,
    share: 0.5,
    contenders: EVERYONE,
    baselines: ['lone insert', 'naive'],
  },
]
