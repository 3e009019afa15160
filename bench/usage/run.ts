/** What recording, consuming and checking usage costs; see docs/performance.md. Run: npx tsx bench/usage/run.ts */
import { countStatements } from '../measure/statement-counter.ts'
import { readOptions } from '../options.ts'
import { createBenchProgress } from '../progress.ts'
import { describeMachine } from '../report/results.ts'
import { openServer } from '../server.ts'
import { contestSteps, runContest } from './contest.ts'
import { usageReport, type UsageResults } from './report.ts'

const options = readOptions(process.argv, process.env)
const { rounds, seconds } = options
const server = await openServer(options.database, options.data)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void server.close().finally(() => process.exit(130)))
}
try {
  const progress = createBenchProgress(contestSteps(rounds))
  const results: UsageResults = {
    machine: describeMachine(),
    server: server.facts,
    rounds,
    seconds,
    results: await runContest(server, options, countStatements(), progress.step),
  }
  progress.stop()
  process.stdout.write(
    options.json ? `${JSON.stringify(results, null, 2)}\n` : `${usageReport(results)}\n`,
  )
} finally {
  await server.close()
}
