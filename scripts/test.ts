import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

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
  /** What went wrong, told again beneath everything, where the end of a log is read first. */
  faults: string[]
}

/** What is read of vitest's report. */
interface Report {
  numPassedTests?: number
  numPendingTests?: number
  testResults?: {
    name: string
    message: string
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[]
  }[]
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

/** The exit code, and the last 8,000 characters of what was said on stderr, which is passed on as it comes. */
function run(command: string, args: string[]): Promise<{ code: number; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['inherit', 'inherit', 'pipe'] })
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      process.stderr.write(text)
      errors = (errors + text).slice(-8_000)
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, errors }))
  })
}

function faultsOf({ testResults = [] }: Report): string[] {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === 'failed')
    const file = relative(process.cwd(), name)
    // A file that could not be loaded has a message and no tests.
    if (failed.length === 0) return message === '' ? [] : [`${file}\n${message}`]
    return failed.map((test) => {
      const lines = test.failureMessages.join('\n').split('\n')
      const ours = lines.filter((line) => !/^ +at .*(node_modules|new Promise)/.test(line))
      return `${file} > ${test.fullName}\n${ours.join('\n')}`
    })
  })
}

async function runTier(tier: Tier, folder: string): Promise<TierResult> {
  const output = join(folder, `${tier.name}.json`)
  const started = performance.now()
  const { code, errors } = await run('npx', [
    ...['vitest', 'run', '--project', tier.name],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${output}`],
  ])
  const minutes = (performance.now() - started) / 60_000
  const report = JSON.parse(await readFile(output, 'utf8').catch(() => '{}')) as Report
  const faults = faultsOf(report)
  return {
    ...tier,
    passed: report.numPassedTests ?? 0,
    // A file that could not be loaded, or an error outside every test, fails no test, but the run.
    failed: Math.max(faults.length, code === 0 ? 0 : 1),
    skipped: report.numPendingTests ?? 0,
    minutes,
    faults: code !== 0 && faults.length === 0 ? [errors] : faults,
  }
}

const wanted = process.argv.slice(2)
const tiers = (await readTiers()).filter(({ name }) => wanted.length === 0 || wanted.includes(name))
const folder = await mkdtemp(join(tmpdir(), 'proviso-tests-'))
let isOver = false
try {
  if ((await run('npm', ['run', '--silent', 'build'])).code !== 0) process.exit(1)
  const results: TierResult[] = []
  for (const tier of tiers) results.push(await runTier(tier, folder))
  for (const { name, faults } of results) {
    for (const fault of faults) console.log(`\nfailed in ${name}: ${fault}`)
  }
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
