import type { expect as vitestExpect } from 'vitest'

/**
 * Stands in for vitest inside the bundle: gathers the tests as plain functions, so that one of them
 * can be run a thousand times. `expect` is vitest's own.
 */
export interface GatheredTest {
  file: string
  title: string
  run: () => unknown
}

declare const __mutation: {
  expect: typeof vitestExpect
  /** Whether the tests of a file are wanted at all. */
  isWanted: (file: string) => boolean
  collecting: (file: string) => void
}

export const tests: GatheredTest[] = []
export const expect = __mutation.expect

let file = ''
const titles: string[] = []

/** Gathers the tests of one file. */
export function fileOf(path: string, load: () => unknown): void {
  if (!__mutation.isWanted(path)) return
  file = path
  __mutation.collecting(path)
  load()
}

export const describe = Object.assign(
  (title: string, body: () => void) => {
    titles.push(title)
    body()
    titles.pop()
  },
  { each: eachOf((title, body) => describe(title, body as () => void)) },
)

export const it = Object.assign(
  (title: string, run: () => unknown) => {
    const name = [...titles, title].join(' > ')
    const same = tests.filter((test) => test.file === file && test.title.startsWith(name)).length
    tests.push({ file, title: same === 0 ? name : `${name} #${same + 1}`, run })
  },
  { each: eachOf((title, run) => it(title, run)) },
)
export const test = it

type Case = (...values: unknown[]) => unknown

/** As vitest does: rows are spread where all of them are lists. */
function eachOf(add: (title: string, body: () => unknown) => void) {
  return (table: readonly unknown[]) => (title: string, body: Case) => {
    const isTable = table.every((row) => Array.isArray(row))
    for (const [index, row] of table.entries()) {
      const values = isTable ? (row as unknown[]) : [row]
      add(`${title} [${index}]`, () => body(...values))
    }
  }
}
