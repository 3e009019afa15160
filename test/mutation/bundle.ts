import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { coreTests, ROOT } from './paths.ts'

/** The part of esbuild that is used; it is not of the root's install. */
interface Esbuild {
  build(options: Record<string, unknown>): Promise<{ outputFiles: { text: string }[] }>
}

interface Loader {
  onResolve(
    options: { filter: RegExp },
    resolve: (args: { path: string }) => { path: string },
  ): void
  onLoad(
    options: { filter: RegExp },
    load: (args: { path: string }) => { contents: string; loader: 'ts' } | undefined,
  ): void
}

const VERDICTS = 'test/mutation/verdicts.ts'
const STAND_IN = join(ROOT, 'test/mutation/stand-in.ts')
const QUICK_PROPERTY = join(ROOT, 'test/mutation/quick-property.ts')

/**
 * All of the core, switched, and all its tests in one script, so that a mutant is examined within a
 * process that has both in memory: starting a test runner for each would take days. One that records
 * tells which code each test runs; the other is spared that.
 */
export async function bundle(
  sources: ReadonlyMap<string, string>,
  { isRecording }: { isRecording: boolean },
): Promise<string> {
  const switched = new Map(
    [...sources].map(([path, text]) => [join(ROOT, path), quicken(text, isRecording)]),
  )
  const result = await (
    await loadEsbuild()
  ).build({
    stdin: { contents: entry([...sources.keys()]), resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: ['fast-check'],
    logLevel: 'error',
    plugins: [
      {
        name: 'switched core',
        setup(build: Loader) {
          build.onResolve({ filter: /^vitest$/ }, () => ({ path: STAND_IN }))
          build.onResolve({ filter: /support\/property\.ts$/ }, () => ({ path: QUICK_PROPERTY }))
          build.onLoad({ filter: /src[\\/]core[\\/].*\.ts$/ }, ({ path }) => {
            const contents = switched.get(path)
            return contents === undefined ? undefined : { contents, loader: 'ts' }
          })
        },
      },
    ],
  })
  return `${BEGIN}${result.outputFiles[0]?.text ?? ''}\n})`
}

/** Calls of the instrumenter's functions become comparisons of a local number: a tenth of the cost. */
function quicken(text: string, isRecording: boolean): string {
  return text
    .replace(/stryMutAct_9fa48\("(\d+)"\)/g, '(mutationActive === $1 && mutationHit())')
    .replace(/stryCov_9fa48\(((?:"\d+"(?:, )?)+)\)/g, (_, ids: string) =>
      isRecording ? `__mutation.cover(${ids.replaceAll('"', '')})` : '0',
    )
}

const BEGIN = `(function (require, module, exports) {
let mutationActive = -1
const mutationHit = () => { __mutation.hit(); return true }
__mutation.activate = (id) => { mutationActive = id }
__mutation.activate(__mutation.active)
`

/** Loads the core first, so that what runs at load is told apart from what tests run. */
function entry(core: readonly string[]): string {
  const tests = [...coreTests(), VERDICTS]
  return [
    `import { fileOf, tests } from ${JSON.stringify(STAND_IN)}`,
    ...core.map((path) => `require(${JSON.stringify(`./${path}`)})`),
    ...tests.map((path) => {
      const name = JSON.stringify(path)
      return `fileOf(${name}, () => require(${JSON.stringify(`./${path}`)}))`
    }),
    'module.exports = tests',
  ].join('\n')
}

async function loadEsbuild(): Promise<Esbuild> {
  const entry = createRequire(import.meta.url).resolve('esbuild')
  return (await import(pathToFileURL(entry).href)) as Esbuild
}
