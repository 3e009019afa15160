import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { drawPlot } from './report/plot.ts'
import { figuresOf, isOurs } from './report/figures.ts'
import { writeReport } from './report/markdown.ts'
import { readOptions } from './report/options.ts'
import { Progress } from './report/progress.ts'
import { verdictOf, type GauntletResults } from './report/results.ts'
import { writeSummary } from './report/summary.ts'
import { openDatabases } from './service/databases.ts'
import { runGauntlet } from './service/run-gauntlet.ts'

/** `npm run gauntlet`: see docs/gauntlet.md for what each figure means. */
const options = readOptions(process.argv)
const progress = new Progress()
const databases = await openDatabases(process.env['TEST_DATABASE_URL'])
// Whoever stops it half-way leaves no server and no folder behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void databases.close().finally(() => process.exit(130)))
}
try {
  const results = await runGauntlet({
    options,
    progress,
    serverUrl: databases.url,
    warn: (message) => process.stderr.write(`${message}\n`),
  })
  progress.stop()
  const out = options.out ?? (isWhole(results) ? 'docs' : null)
  if (out !== null) {
    await mkdir(out, { recursive: true })
    await writeFile(join(out, 'gauntlet.md'), await writeReport(results))
    await writeFile(join(out, 'gauntlet.svg'), drawPlot(figuresOf(results)))
  }
  process.stdout.write(
    options.json ? `${JSON.stringify(results, null, 2)}\n` : `${writeSummary(results)}\n`,
  )
  const { wrongFinal, unsafe, faults, unlisted } = verdictOf(results)
  if (wrongFinal + unsafe + faults + unlisted.length > 0) process.exitCode = 1
} finally {
  progress.stop()
  await databases.close()
}

/** What the documentation shows is a whole run; anything less must be put elsewhere by name. */
function isWhole({ stories, contests, contestants }: GauntletResults): boolean {
  const hasPeers = contestants.some(({ name }) => !isOurs(name))
  return (
    !options.reduced && hasPeers && contests.length === stories.length && options.stories === ''
  )
}
