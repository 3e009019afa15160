import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One row of the table of tiers in CONTRIBUTING.md; the budget is minutes on two cores. */
interface Tier {
  name: string
  budgetMinutes: number
}

interface TierResult extends Tier {
  passed: number
  failed: number
  skipped: number
  minutes: number
}

/** The budgets are read from where people read them, so the two cannot differ. */
async function readTiers(): Promise<Tier[]> {
  const text = await readFile(new URL('../CONTRIBUTING.md', import.meta.url), 'utf8')
  const tiers = [...text.matchAll(/^\| `(\w+)` *\| *(\d+(?:\.\d+)?) min/gm)].map(
    ([, name = '', budget]) => ({ name, budgetMinutes: Number(budget) }),
  )
  if (tiers.length === 0) throw new Error('CONTRIBUTING.md has no table of tiers with budgets.')
  return tiers
}

function run(command: string, args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit' })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

async function runTier(tier: Tier, folder: string): Promise<TierResult> {
  const output = join(folder, `${tier.name}.json`)
  const started = performance.now()
  const code = await run('npx', [
    ...['vitest', 'run', '--project', tier.name],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${output}`],
  ])
  const minutes = (performance.now() - started) / 60_000
  const report = JSON.parse(await readFile(output, 'utf8').catch(() => '{}')) as {
    numPassedTests?: number
    numFailedTests?: number
    numPendingTests?: number
  }
  const failed = report.numFailedTests ?? 0
  return {
    ...tier,
    passed: report.numPassedTests ?? 0,
    // A file that could not be loaded fails no test, but the run.
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: report.numPendingTests ?? 0,
    minutes,
  }
}

const wanted = process.argv.slice(2)
const tiers = (await readTiers()).filter(({ name }) => wanted.length === 0 || wanted.includes(name))
const folder = await mkdtemp(join(tmpdir(), 'proviso-tests-'))
let isOver = false
try {
  if ((await run('npm', ['run', '--silent', 'build'])) !== 0) process.exit(1)
  const results: TierResult[] = []
  for (const tier of tiers) results.push(await runTier(tier, folder))
  console.log('\ntier        passed  failed  skipped  minutes  budget')
  for (const { name, passed, failed, skipped, minutes, budgetMinutes } of results) {
    const isLate = minutes > budgetMinutes
    isOver ||= isLate
    const cells = [passed, failed, skipped].map((count) => String(count).padStart(6)).join('  ')
    console.log(
      `${name.padEnd(10)}  ${cells}  ${minutes.toFixed(1).padStart(8)}  ${String(budgetMinutes).padStart(6)}${isLate ? '  over its budget' : ''}`,
    )
  }
  const total = (key: 'passed' | 'failed' | 'skipped') =>
    results.reduce((sum, result) => sum + result[key], 0)
  console.log(`\n${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`)
  if (total('failed') > 0 || total('passed') === 0 || isOver) process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true })
}
