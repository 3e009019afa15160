import { medianOf, show, showRatio } from '../report/figures.ts'
import type { Machine } from '../report/results.ts'
import type { ServerFacts } from '../server.ts'
import { ratioOf, type ContestantResult } from './contest.ts'

export interface UsageResults {
  machine: Machine
  server: ServerFacts
  rounds: number
  seconds: number
  results: ContestantResult[]
}

/** The table of docs/performance.md: ratios, CPU and counts, which carry over to other machines. */
export function usageReport({ machine, results, rounds, seconds, server }: UsageResults): string {
  const rows = results.map((result) => {
    const { against, callers, name, samples } = result
    const ratio = showRatio(ratioOf(result, results, ({ perSecond }) => perSecond))
    const cells = [
      name,
      String(callers),
      against === null ? '' : `${ratio} ${against}`,
      show(medianOf(samples, ({ nodeCpu }) => nodeCpu)),
      show(medianOf(samples, ({ databaseCpu }) => databaseCpu)),
      show(medianOf(samples, ({ statements }) => statements)),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return [
    `${machine.at.slice(0, 16).replace('T', ' ')} UTC · Node ${machine.node} · ${machine.cores} × ${machine.cpu} · PostgreSQL ${server.version} · fsync ${server.fsync} · synchronous_commit ${server.synchronousCommit}`,
    '',
    `Medians of ${rounds} interleaved rounds, ${seconds} s each.`,
    '',
    '| what | callers | uses a second ÷ | node CPU µs | database CPU µs | statements |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n')
}
