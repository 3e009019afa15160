import { performance } from 'node:perf_hooks'
import type { Script } from 'node:vm'
import type { Assignment, Result } from './protocol.ts'
import { isVerdict } from './report.ts'
import type { GatheredTest } from './stand-in.ts'
import { load, nameOf, ranForEver, runnersOfMutant, runTest, type Loaded } from './switchboard.ts'

/** A test that takes this many times as long as without a mutant hangs. */
const SLOWER = 10
/** Milliseconds that any test may take. */
const LEAST_LIMIT = 5_000
/** Milliseconds that gathering the tests may take. */
const LOAD_LIMIT = 60_000
/** How many tests that noticed a file's mutants are asked first. */
const KEEN = 12
/** Milliseconds up to which such a test is quick enough to be asked first. */
const QUICK = 100

export interface TimedTest extends GatheredTest {
  milliseconds: number
}

/** Runs the tests that face a mutant, the likeliest to notice it first, until one does. */
export class Examination {
  readonly #bundle: Script
  readonly #loaded: Loaded
  readonly #tests: Map<string, TimedTest>
  /** The tests that noticed a file's mutants, the latest first. */
  readonly #keen = new Map<string, string[]>()

  constructor(bundle: Script, loaded: Loaded, tests: readonly TimedTest[]) {
    this.#bundle = bundle
    this.#loaded = loaded
    this.#tests = new Map(tests.map((test) => [nameOf(test), test]))
  }

  async examine({ id, file }: Assignment): Promise<Result> {
    const start = performance.now()
    const runners = runnersOfMutant(Number(id))
    const tests = this.#order(file, this.#facing(runners))
    const result = (verdict: Result['verdict'], killer: string | null): Result => {
      const milliseconds = Math.round(performance.now() - start)
      return { id, verdict, killer, coveredBy: tests.length, milliseconds }
    }
    if (tests.length === 0) return result('uncovered', null)
    const isStatic = [...runners].some((name) => !this.#tests.has(name))
    // Texts that a changed canonical.ts made stay with the objects they were made of.
    const isFresh = isStatic || file === 'src/core/canonical.ts'
    const found = isFresh ? this.#reloaded(tests, Number(id)) : tests
    if (found === null) return result('killed', 'the tests are not even gathered')
    if (!isFresh) this.#loaded.activate(Number(id))
    try {
      for (const test of found) {
        const failure = await failureOf(test)
        if (failure === null) continue
        this.#remember(file, nameOf(test))
        return result(failure, nameOf(test))
      }
      return result('survived', null)
    } finally {
      this.#loaded.activate(-1)
    }
  }

  /** What runs when the core is loaded may matter to any test. */
  #facing(runners: ReadonlySet<string>): TimedTest[] {
    const all = [...this.#tests.values()]
    if (runners.has('load')) return all
    return all.filter((test) => runners.has(nameOf(test)) || runners.has(`collect ${test.file}`))
  }

  #order(file: string, tests: readonly TimedTest[]): TimedTest[] {
    const keen = this.#keen.get(file) ?? []
    const rank = (test: TimedTest) => {
      // Verdicts last: what only they notice, nobody has written an expectation of.
      if (isVerdict(nameOf(test))) return 2 * KEEN
      const place = keen.indexOf(nameOf(test))
      return place < 0 || test.milliseconds > QUICK ? KEEN : place
    }
    return tests.toSorted((a, b) => rank(a) - rank(b) || a.milliseconds - b.milliseconds)
  }

  /** The same tests over a core that the mutant was in from the start; null: it cannot even load. */
  #reloaded(tests: readonly TimedTest[], id: number): TimedTest[] | null {
    try {
      const files = new Set(tests.map(({ file }) => file))
      const { tests: anew } = load(this.#bundle, { timeout: LOAD_LIMIT, id, files })
      const byName = new Map(anew.map((test) => [nameOf(test), test]))
      return tests.flatMap((test) => {
        const other = byName.get(nameOf(test))
        return other === undefined ? [] : [{ ...test, run: other.run }]
      })
    } catch {
      return null
    }
  }

  #remember(file: string, name: string): void {
    const keen = (this.#keen.get(file) ?? []).filter((other) => other !== name)
    this.#keen.set(file, [name, ...keen].slice(0, KEEN))
  }
}

async function failureOf(test: TimedTest): Promise<'killed' | 'timeout' | null> {
  try {
    await runTest(test, Math.ceil(Math.max(LEAST_LIMIT, test.milliseconds * SLOWER)))
    return null
  } catch (error) {
    const isSlow = (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
    return isSlow || ranForEver() ? 'timeout' : 'killed'
  }
}
