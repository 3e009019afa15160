/** `npm run bench`: see docs/performance.md for what each line means. */
import { checkLoneSender, CHECK_ROUNDS, LIMIT } from './check-lone-sender.ts'
import { contestSteps, runContest } from './contest.ts'
import { createMigrated, populate } from './growth/populate.ts'
import { growthSteps, runGrowth } from './growth/run-growth.ts'
import { median } from './measure/quantile.ts'
import { readOptions, type BenchOptions } from './options.ts'
import { createBenchProgress } from './progress.ts'
import { readSteps, runReads } from './reads/run-reads.ts'
import { show } from './report/figures.ts'
import { writeReport } from './report/report.ts'
import { describeMachine, type Results } from './report/results.ts'
import { openServer, type BenchServer } from './server.ts'

/** Customers who have bought before a load begins. */
const CUSTOMERS = 10_000

const options = readOptions(process.argv, process.env)
const server = await openServer(options.database, options.data)
// Whoever stops it half-way leaves no server and no folder behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void server.close().finally(() => process.exit(130)))
}
try {
  const { version, fsync, synchronousCommit } = server.facts
  process.stderr.write(
    `PostgreSQL ${version}, fsync ${fsync}, synchronous_commit ${synchronousCommit}\n`,
  )
  await (options.check ? check(server, options) : measure(server, options))
} finally {
  await server.close()
}

async function measure(server: BenchServer, options: BenchOptions): Promise<void> {
  const { rounds, seconds } = options
  const now = Math.floor(Date.now() / 1000)
  const progress = createBenchProgress(
    contestSteps(rounds) + growthSteps(rounds) + readSteps(rounds),
  )
  const bare = await createMigrated(server, 'bare')
  const seed = await populate(server, { name: 'seed', customers: CUSTOMERS, renewals: 0 }, now)
  const results: Results = {
    machine: describeMachine(),
    server: server.facts,
    rounds,
    seconds,
    loads: await runContest({ server, options, progress, bare, seed, start: seed.start }),
    growth: await runGrowth(server, options, progress, now),
    reads: await runReads(server, options, progress, seed),
  }
  progress.stop()
  process.stdout.write(
    options.json ? `${JSON.stringify(results, null, 2)}\n` : `${writeReport(results)}\n`,
  )
}

async function check(server: BenchServer, options: BenchOptions): Promise<void> {
  const now = Math.floor(Date.now() / 1000)
  const progress = createBenchProgress(CHECK_ROUNDS + 1)
  const seed = await populate(server, { name: 'seed', customers: 1, renewals: 0 }, now)
  const result = await checkLoneSender(server, seed, seed.start, (round) =>
    progress.step(round === 0 ? 'warming up' : `round ${round}/${CHECK_ROUNDS}`),
  )
  progress.stop()
  const line = `A lone sender's p99 at our intake is ${show(median(result.intake))} ms, a lone insert's ${show(median(result.insert))} ms: ${show(result.ratio)}× (at most ${LIMIT}×).`
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `${line}\n`)
  if (!result.isWithin) process.exitCode = 1
}
