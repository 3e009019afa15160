/**
 * Makes mistakes on purpose, one at a time, in a copy of the tree, and expects tests to notice.
 *
 *     npm run faults                 all of them
 *     npm run faults -- feed         those whose name contains the word
 */
import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FAULTS, type Edit, type Fault } from '../test/faults/index.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const COPIED = [
  'src',
  'test',
  'sql',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'SPEC.md',
]
/** What an assertion says; anything else may be a mistake in how the fault was made. */
const OF_A_TEST = /^(AssertionError|Error: |ProvisoError|TimeoutError)/

interface Outcome {
  failed: string[]
  passed: number
  /** Why it tells nothing, e.g. a file that did not even load. */
  problem: string | null
}

interface Report {
  testResults?: {
    message: string
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
  }[]
}

const word = process.argv[2] ?? ''
const chosen = FAULTS.filter(({ name }) => name.toLowerCase().includes(word.toLowerCase()))
const copy = await mkdtemp(join(tmpdir(), 'proviso-faults-'))
try {
  for (const name of COPIED) {
    await cp(join(ROOT, name), join(copy, name), {
      recursive: true,
      filter: (source) => !source.includes('node_modules'),
    })
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  process.exitCode = await examine()
} finally {
  await rm(copy, { recursive: true })
}

async function examine(): Promise<number> {
  const sound = new Map<string, Outcome>()
  let missed = 0
  for (const fault of chosen) {
    const key = JSON.stringify(fault.caughtBy)
    const before = sound.get(key) ?? (await run(fault))
    sound.set(key, before)
    const verdict = await judge(fault, before)
    if (verdict.startsWith('NOT')) missed += 1
    console.log(`${fault.name}\n    ${verdict}`)
  }
  console.log(`\n${chosen.length - missed} of ${chosen.length} faults caught`)
  return missed === 0 ? 0 : 1
}

async function judge(fault: Fault, before: Outcome): Promise<string> {
  const files = fault.caughtBy.files.join(' ')
  if (before.problem !== null) return `NOT TOLD: ${files} without the fault: ${before.problem}`
  if (before.failed.length > 0) return `NOT TOLD: ${files} fails without the fault as well`
  if (before.passed === 0) return `NOT TOLD: ${files} has no such test`
  const restore = await apply(fault.edits)
  try {
    const { failed, problem } = await run(fault)
    if (problem !== null) return `NOT TOLD: ${problem}`
    if (failed.length === 0) return `NOT CAUGHT by ${files}`
    return `caught by ${failed.length} in ${files}, e.g. “${failed[0]}”`
  } finally {
    await restore()
  }
}

/** Makes the edits; answers how to undo them. */
async function apply(edits: readonly Edit[]): Promise<() => Promise<void>> {
  const originals = new Map<string, string>()
  for (const { file, from, to } of edits) {
    const path = join(copy, file)
    const text = await readFile(path, 'utf8')
    const count = text.split(from).length - 1
    if (count !== 1) {
      throw new Error(
        `${file} has ${JSON.stringify(from)} ${count} times: bring the fault up to date.`,
      )
    }
    if (!originals.has(path)) originals.set(path, text)
    await writeFile(
      path,
      text.replace(from, () => to),
    )
  }
  return async () => {
    for (const [path, text] of originals) await writeFile(path, text)
  }
}

async function run({ caughtBy: { project, files, title } }: Fault): Promise<Outcome> {
  const output = join(copy, 'report.json')
  await rm(output, { force: true })
  const log = await vitest([
    ...['run', '--project', project, '--reporter=json', `--outputFile=${output}`],
    ...(title === undefined ? [] : ['-t', title]),
    ...files,
  ])
  const text = await readFile(output, 'utf8').catch(() => null)
  if (text === null) return { failed: [], passed: 0, problem: `vitest gave no report: ${log}` }
  return outcomeOf(JSON.parse(text) as Report)
}

function outcomeOf({ testResults = [] }: Report): Outcome {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const failures = tests.filter(({ status }) => status === 'failed')
  const unloaded = testResults.find(
    ({ assertionResults, message }) => assertionResults.length === 0 && message !== '',
  )
  const odd = failures.find(
    ({ failureMessages }) => !failureMessages.some((message) => OF_A_TEST.test(message)),
  )
  const isTold = odd === undefined || failures.some((failure) => failure !== odd)
  return {
    failed: failures.map(({ fullName }) => fullName),
    passed: tests.filter(({ status }) => status === 'passed').length,
    problem:
      unloaded !== undefined
        ? `a file did not load: ${unloaded.message}`
        : isTold
          ? null
          : `no assertion failed, but: ${odd.failureMessages.join(' ').slice(0, 200)}`,
  }
}

/** Answers the end of what it wrote. */
function vitest(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('npx', ['vitest', ...args], {
      cwd: copy,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let log = ''
    const note = (chunk: Buffer) => (log = (log + chunk.toString()).slice(-500))
    child.stdout.on('data', note)
    child.stderr.on('data', note)
    child.on('error', reject)
    child.on('exit', () => resolve(log))
  })
}
