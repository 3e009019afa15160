import type { Fault } from './fault.ts'

/** Mistakes about which state of an object is the latest. */
export const ORDER_FAULTS: readonly Fault[] = [
  {
    name: 'Chains of previous_attributes reach across clusters, so January may beat March',
    edits: [
      {
        file: 'src/core/latest.ts',
        from: 'step.at - before.at > CLUSTER_GAP',
        to: 'step.at - before.at > Infinity',
      },
    ],
    caughtBy: { project: 'core', files: ['test/properties/latest.test.ts'] },
  },
  {
    name: 'Events of one second count in the order of their arrival',
    edits: [
      {
        file: 'src/core/facts.ts',
        from: '[...snapshots].sort(compareSnapshots)',
        to: '[...snapshots].sort((a, b) => a.at - b.at)',
      },
      {
        file: 'src/core/latest.ts',
        from: 'return steps.sort(compareSteps)',
        to: 'return steps.sort((a, b) => a.at - b.at)',
      },
      {
        file: 'src/core/latest.ts',
        from: '= endOf(last, known)',
        to: '= known === undefined ? endOf(last, known) : { step: last.at(-1) as Step<T>, isAmbiguous: false }',
      },
    ],
    caughtBy: { project: 'core', files: ['test/properties/merge.test.ts'] },
  },
  {
    name: 'A refund that succeeded stays succeeded, also when the bank sends it back',
    edits: [
      {
        file: 'src/core/views/payment-views.ts',
        from: "status === 'failed' || status === 'canceled' ? 2 : status === 'succeeded' ? 1 : 0",
        to: "status === 'succeeded' ? 2 : status === 'failed' || status === 'canceled' ? 1 : 0",
      },
    ],
    caughtBy: { project: 'core', files: ['src/core/judge-purchase.test.ts'] },
  },
  {
    name: 'An API read counts no more than events of before it',
    edits: [
      {
        file: 'src/core/latest.ts',
        from: 'steps.filter((step) => step.at >= read.at)',
        to: 'steps.filter((step) => step.at >= -Infinity)',
      },
    ],
    caughtBy: { project: 'core', files: ['test/properties/latest.test.ts'] },
  },
  {
    name: 'A subscription that ended comes back with a late event of before its end',
    edits: [
      {
        file: 'src/core/views/subscription-view.ts',
        from: 'if (isTerminal(state, snapshot.eventType)) return 2',
        to: 'if (isTerminal(state, snapshot.eventType)) return 1',
      },
    ],
    caughtBy: { project: 'core', files: ['test/properties/latches.test.ts'] },
  },
]
