import { contenderNamed } from '../contenders/contenders.ts'
import type { LoadResult } from '../contest.ts'
import type { GrowthResult } from '../growth/run-growth.ts'
import type { Sample } from '../measure/phase.ts'
import type { ReadResult } from '../reads/run-reads.ts'
import { medianOf, medianRatio, show, showRatio } from './figures.ts'
import { table } from './markdown.ts'
import type { Results } from './results.ts'

/** The whole run as Markdown: medians over the rounds, and ratios taken round by round. */
export function writeReport(results: Results): string {
  const { machine, server, rounds, seconds } = results
  return [
    `${machine.at.slice(0, 16).replace('T', ' ')} UTC · Node ${machine.node} · ${machine.cores} × ${machine.cpu} · PostgreSQL ${server.version} (${server.isEmbedded ? 'embedded' : 'given'}) · fsync ${server.fsync} · synchronous_commit ${server.synchronousCommit}`,
    `Medians of ${rounds} interleaved rounds, ${seconds} s each. Compare the ratios; the figures beside them hold for this machine and minute.`,
    ...results.loads.map(writeLoad),
    writeJobs(results.loads),
    writeGrowth(results.growth),
    writeReads(results.reads),
  ].join('\n\n')
}

function writeLoad({ plan, samples }: LoadResult): string {
  const isLone = plan.senders === 1
  const rate = (sample: Sample): number => sample.donePerSecond
  const tail = (sample: Sample): number => sample.p99
  const rows = plan.contenders.map((name) => {
    const own = samples[name] ?? []
    return [
      name,
      ...(isLone ? [] : [show(medianOf(own, rate)), show(medianOf(own, (s) => s.ackedPerSecond))]),
      ...plan.baselines.map((baseline) =>
        showRatio(medianRatio(own, samples[baseline] ?? [], isLone ? tail : rate)),
      ),
      show(medianOf(own, (s) => s.p50)),
      show(medianOf(own, tail)),
      show(medianOf(own, (s) => s.nodeCpu)),
      show(medianOf(own, (s) => s.databaseCpu)),
      show(medianOf(own, (s) => s.statements)),
      show(medianOf(own, (s) => s.flushes)),
    ]
  })
  const head = [
    'contender',
    ...(isLone ? [] : ['events/s done', 'acked/s']),
    ...plan.baselines.map((baseline) => `${isLone ? 'p99' : 'done'} ÷ ${baseline}`),
    'ack p50 ms',
    'ack p99 ms',
    'node CPU µs',
    'database CPU µs',
    'statements',
    'fsyncs',
  ]
  return `### ${plan.title}\n\n${table(head, rows)}`
}

function writeJobs(loads: readonly LoadResult[]): string {
  const names = [...new Set(loads.flatMap(({ plan }) => plan.contenders))]
  const lines = names.map((name) => `- **${name}**: ${contenderNamed(name).job}.`)
  return `The jobs differ:\n\n${lines.join('\n')}`
}

function writeGrowth(growth: readonly GrowthResult[]): string {
  const figures = [
    ['elapsed µs', (s: GrowthResult['small'][number]) => s.elapsed],
    ['node CPU µs', (s: GrowthResult['small'][number]) => s.nodeCpu],
    ['database CPU µs', (s: GrowthResult['small'][number]) => s.databaseCpu],
  ] as const
  const rows = growth.map(({ pair, small, large }) => [
    pair.title,
    ...figures.flatMap(([, figure]) => [
      show(medianOf(small, figure)),
      showRatio(medianRatio(large, small, figure)),
    ]),
  ])
  const head = [
    'settling one event, one per customer of a batch',
    ...figures.flatMap(([name]) => [name, 'ratio']),
  ]
  return `### What settling costs as the database grows\n\n${table(head, rows)}`
}

function writeReads(reads: ReadResult): string {
  const baseline = reads['bare lookup'] ?? []
  const rows = Object.entries(reads).map(([name, own]) => [
    name,
    show(medianOf(own, (s) => s.perSecond)),
    showRatio(medianRatio(own, baseline, (s) => s.perSecond)),
    show(medianOf(own, (s) => s.p50)),
    show(medianOf(own, (s) => s.p99)),
    show(medianOf(own, (s) => s.nodeCpu)),
    show(medianOf(own, (s) => s.databaseCpu)),
  ])
  const head = [
    'read',
    'requests/s',
    '÷ bare lookup',
    'p50 ms',
    'p99 ms',
    'node CPU µs',
    'database CPU µs',
  ]
  const jobs = Object.keys(reads).map((name) => `- **${name}**: ${contenderNamed(name).job}.`)
  return `### Access reads, one process, 64 connections\n\n${table(head, rows)}\n\n${jobs.join('\n')}`
}
