import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { coreSources, ROOT } from './paths.ts'

/** One small change of the core that a test should notice. */
export interface Mutant {
  id: string
  /** `src/core/…` */
  file: string
  line: number
  mutator: string
  /** The text it takes away and the text it puts there, each on one line. */
  original: string
  replacement: string
  /** The line it begins on, trimmed. */
  context: string
}

export interface Instrumented {
  mutants: Mutant[]
  /** How many changes of words were left out. */
  words: number
  /** Source text with every mutant in it, each behind a switch; by path. */
  sources: Map<string, string>
}

interface Point {
  line: number
  column: number
}

/** The part of @stryker-mutator/instrumenter that is used; it is not of the root's install. */
interface Instrumenter {
  instrument(
    files: { name: string; content: string; mutate: boolean }[],
    options: { plugins: null; excludedMutations: string[]; ignorers: [] },
  ): Promise<{
    files: { name: string; content: string }[]
    mutants: {
      id: string
      fileName: string
      mutatorName: string
      replacement: string
      location: { start: Point; end: Point }
    }[]
  }>
}

const silent = () => undefined
const LOGGER = {
  ...{ debug: silent, info: silent, warn: silent, error: silent, trace: silent, fatal: silent },
  isDebugEnabled: () => false,
}

/** Puts every mutant of the core into its sources, switched off. */
export async function instrument(): Promise<Instrumented> {
  const paths = coreSources()
  const files = await Promise.all(
    paths.map(async (name) => ({
      name,
      content: await readFile(join(ROOT, name), 'utf8'),
      mutate: true,
    })),
  )
  const instrumenter = await loadInstrumenter()
  const options = { plugins: null, excludedMutations: [], ignorers: [] as [] }
  const result = await instrumenter.instrument(files, options)
  const texts = new Map(files.map(({ name, content }) => [name, content]))
  const all = result.mutants.map(({ id, fileName, mutatorName, replacement, location }) => {
    const text = texts.get(fileName) ?? ''
    return {
      id,
      file: fileName,
      line: location.start.line + 1,
      mutator: mutatorName,
      original: oneLine(cut(text, location.start, location.end)),
      replacement: oneLine(replacement),
      context: (text.split('\n')[location.start.line] ?? '').trim(),
    }
  })
  const mutants = all.filter((mutant) => !isWords(mutant))
  return {
    mutants,
    words: all.length - mutants.length,
    sources: new Map(result.files.map(({ name, content }) => [name, content])),
  }
}

/**
 * Sentences for people, left out: no program reads them, and what they say is reviewed in the golden
 * texts of `proviso explain`. Codes, states, statuses and ids have no spaces, and count.
 */
function isWords({ mutator, original }: Mutant): boolean {
  return mutator === 'StringLiteral' && original.includes(' ')
}

async function loadInstrumenter(): Promise<Instrumenter> {
  const require = createRequire(import.meta.url)
  const entry = require.resolve('@stryker-mutator/instrumenter')
  const { Instrumenter: Class } = (await import(pathToFileURL(entry).href)) as {
    Instrumenter: new (logger: typeof LOGGER) => Instrumenter
  }
  return new Class(LOGGER)
}

function cut(text: string, start: Point, end: Point): string {
  const lines = text.split('\n').slice(start.line, end.line + 1)
  const last = lines.length - 1
  lines[last] = (lines[last] ?? '').slice(0, end.column)
  lines[0] = (lines[0] ?? '').slice(start.column)
  return lines.join('\n')
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
