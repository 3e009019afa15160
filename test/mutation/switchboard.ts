import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Script } from 'node:vm'
import { expect } from 'vitest'
import type { Told } from './corpus.ts'
import { CORPUS, VERDICTS } from './paths.ts'
import type { GatheredTest } from './stand-in.ts'

/** Runs of a mutant's code within one test, beyond which it runs for ever. */
const HIT_LIMIT = 2_000_000
/** Walks of orders and tellings: too slow here, and short properties ask the same. */
const SLOW = /> is the same (in|where) /

/**
 * The global that the bundle finds as `__mutation`: what its tests need, which mutant is active, and
 * who runs which mutant's code.
 */
const board = {
  expect,
  corpus: JSON.parse(readFileSync(CORPUS, 'utf8')) as Told[],
  verdicts: new Set(readFileSync(VERDICTS, 'utf8').trimEnd().split('\n\n')),
  run: (): unknown => undefined,
  isWanted: (file: string) => wanted === null || wanted.has(file),
  collecting: (file: string) => {
    runner = `collect ${file}`
  },
  cover: (...ids: number[]) => {
    for (const id of ids) {
      // Code that runs in a loop is noted once.
      if (lastRunner[id] === runner) continue
      lastRunner[id] = runner
      const runners = runnersOf.get(id)
      if (runners === undefined) runnersOf.set(id, new Set([runner]))
      else runners.add(runner)
    }
  },
  active: -1,
  /** Each bundle that is loaded puts its own here. */
  activate: (id: number): void => void id,
  hit: () => {
    hits += 1
    if (hits > HIT_LIMIT) throw new Error('The mutant runs for ever.')
  },
}
Object.assign(globalThis, { __mutation: board })

const call = new Script('__mutation.run()')
let hits = 0
let wanted: ReadonlySet<string> | null = null
/** Who runs code now: a test by its name, `load`, or `collect <file>`. */
let runner = 'load'
const lastRunner: (string | undefined)[] = []
const runnersOf = new Map<number, Set<string>>()

export const nameOf = ({ file, title }: GatheredTest): string => `${file} > ${title}`

export function runnersOfMutant(id: number): ReadonlySet<string> {
  return runnersOf.get(id) ?? new Set()
}

/** From now on what runs is run by this test. */
export function noteRunner(name: string): void {
  runner = name
}

/** Whether the test that ran last was stopped because a mutant ran for ever. */
export function ranForEver(): boolean {
  return hits > HIT_LIMIT
}

export interface Loaded {
  tests: GatheredTest[]
  /** Switches one mutant on, or with -1 all off. */
  activate: (id: number) => void
}

export interface LoadOptions {
  /** Milliseconds it may take. */
  timeout: number
  /** A mutant that is active from the start. @defaultValue none */
  id?: number
  /** The files whose tests are wanted. @defaultValue all */
  files?: ReadonlySet<string>
}

/** Evaluates a bundle anew and gathers its tests. */
export function load(bundle: Script, { timeout, id = -1, files }: LoadOptions): Loaded {
  const module = { exports: [] as GatheredTest[] }
  const evaluate = bundle.runInThisContext() as (...values: unknown[]) => void
  board.run = () => evaluate(createRequire(import.meta.url), module, module.exports)
  board.active = id
  wanted = files ?? null
  hits = 0
  try {
    call.runInThisContext({ timeout })
  } finally {
    wanted = null
    board.active = -1
  }
  const tests = module.exports.filter(({ title }) => !SLOW.test(title))
  return { tests, activate: board.activate }
}

/** Runs one test; fails with what it threw, or when it took longer than so many milliseconds. */
export async function runTest(test: GatheredTest, timeout: number): Promise<void> {
  hits = 0
  board.run = test.run
  await (call.runInThisContext({ timeout }) as Promise<unknown>)
}
