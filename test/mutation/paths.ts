import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Where a run leaves its report; not committed. */
export const REPORT = join(ROOT, 'coverage', 'mutation.json')
/** The events of the sandbox's scenarios, as the core sees them; made by a run, not committed. */
export const CORPUS = join(ROOT, 'coverage', 'mutation-corpus.json')
/** What each scenario must be judged as. */
export const VERDICTS = join(ROOT, 'test/mutation/verdicts.txt')
export const EQUIVALENT = join(ROOT, 'test/mutation/equivalent.md')

/** Sources of the core, as `src/core/…` paths. */
export function coreSources(): string[] {
  return filesUnder('src/core').filter((path) => path.endsWith('.ts') && !isTest(path))
}

/** The tests that the mutants face, besides the verdicts: quick, and without a database. */
export function coreTests(): string[] {
  return [
    ...filesUnder('src/core').filter(isTest),
    ...filesUnder('test/properties').filter(isTest),
    'test/scenarios/stories.test.ts',
  ]
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts')
}
