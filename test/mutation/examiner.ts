import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { Script } from 'node:vm'
import { Examination, type TimedTest } from './examination.ts'
import type { Asked, Told } from './protocol.ts'
import { load, nameOf, noteRunner, runTest } from './switchboard.ts'

/**
 * The process that examines mutants: `examiner.ts <recording bundle> <quick bundle>`. Its parent
 * sends one at a time, and starts another examiner where this one dies of a mutant.
 */
const PATIENCE = 600_000

const [recording, quick] = process.argv
  .slice(2)
  .map((path) => new Script(readFileSync(path, 'utf8'), { filename: path })) as [Script, Script]

/** Runs all tests without a mutant and notes which code each runs; answers those that fail. */
async function record(): Promise<string[]> {
  const failures: string[] = []
  for (const test of load(recording, { timeout: PATIENCE }).tests) {
    noteRunner(nameOf(test))
    try {
      await runTest(test, PATIENCE)
    } catch (error) {
      failures.push(`${nameOf(test)}: ${String(error)}`)
    }
  }
  return failures
}

const tell = (told: Told) =>
  new Promise<void>((resolve) => process.send?.(told, undefined, undefined, () => resolve()))

const failures = await record()
if (failures.length > 0) {
  await tell({ kind: 'broken', failures })
  process.exit(1)
}
const loaded = load(quick, { timeout: PATIENCE })
const tests: TimedTest[] = []
for (const test of loaded.tests) {
  const start = performance.now()
  await runTest(test, PATIENCE)
  tests.push({ ...test, milliseconds: performance.now() - start })
}
const examination = new Examination(quick, loaded, tests)
process.on('message', (asked: Asked) => {
  if (asked.kind === 'done') process.exit(0)
  void examination.examine(asked.mutant).then((result) => tell({ kind: 'result', result }))
})
await tell({ kind: 'ready' })
