import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { bundle } from './bundle.ts'
import { writeCorpus, type Told } from './corpus.ts'
import { equivalents } from './equivalent.ts'
import { instrument, type Mutant } from './mutants.ts'
import { CORPUS, REPORT, VERDICTS } from './paths.ts'
import { examineAll } from './pool.ts'
import { isCaught, percent, scores, survivors, table, type Examined } from './report.ts'
import { paragraphs } from './verdicts.ts'

const USAGE = `npm run mutation -- [options]
  --only <text>      mutants of files whose path contains it (repeatable)
  --mutant <id>      this mutant (repeatable)
  --again            only those that survived the last run
  --sample <n>       so many of them, scattered: within a few percent of the whole
  --workers <n>      examiners side by side (1)
  --least <percent>  exit 1 below this score (85)
  --judge            write test/mutation/verdicts.txt anew; review its difference`

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    mutant: { type: 'string', multiple: true },
    again: { type: 'boolean' },
    sample: { type: 'string' },
    workers: { type: 'string', default: '1' },
    least: { type: 'string', default: '85' },
    judge: { type: 'boolean' },
    help: { type: 'boolean' },
  },
})
if (flags.help === true) console.log(USAGE)
else process.exitCode = await run()

async function run(): Promise<number> {
  await writeCorpus(() => undefined)
  if (flags.judge === true) {
    const corpus = JSON.parse(await readFile(CORPUS, 'utf8')) as Told[]
    const texts = paragraphs(corpus).map(({ text }) => text())
    await writeFile(VERDICTS, `${texts.join('\n\n')}\n`)
    console.log(`${texts.length} verdicts written to ${VERDICTS}`)
    return 0
  }
  const { mutants, words, sources } = await instrument()
  const known = await equivalents()
  const before = await lastRun()
  // Scattered, so that the score on the way is near the score at the end.
  const chosen = mutants
    .filter((mutant) => !known.has(mutant) && isChosen(mutant, before))
    .toSorted((a, b) => scatter(a) - scatter(b))
    .slice(0, Number(flags.sample ?? Infinity))
  console.log(`${mutants.length} mutants, ${words} of words for people left out`)
  const folder = await mkdtemp(join(tmpdir(), 'proviso-mutation-'))
  const bundles = [join(folder, 'recording.js'), join(folder, 'quick.js')]
  const found = new Map<string, Examined>()
  try {
    for (const [index, path] of bundles.entries()) {
      await writeFile(path, await bundle(sources, { isRecording: index === 0 }))
    }
    const byId = new Map(mutants.map((mutant) => [mutant.id, mutant]))
    const started = Date.now()
    let saved = Promise.resolve()
    await examineAll(chosen, { bundles, workers: Number(flags.workers) }, (result) => {
      const mutant = byId.get(result.id)
      if (mutant !== undefined) found.set(result.id, { ...mutant, ...result, isEquivalent: false })
      if (found.size % 200 !== 0) return
      console.log(progress(found, chosen.length, started))
      saved = saved.then(() => save([...found.values()], before))
    })
    await saved
  } finally {
    await rm(folder, { recursive: true })
  }
  const all = [...found.values()].sort((a, b) => Number(a.id) - Number(b.id))
  console.log(survivors(all))
  console.log(table(scores(all)))
  console.log(`${known.keys.length} known to change nothing`)
  await save(all, before)
  return percent(scores(all).total) >= Number(flags.least) ? 0 : 1
}

function isChosen(mutant: Mutant, before: readonly Examined[]): boolean {
  const { only, mutant: ids, again } = flags
  if (ids !== undefined && !ids.includes(mutant.id)) return false
  if (only !== undefined && !only.some((text) => mutant.file.includes(text))) return false
  if (again !== true) return true
  return before.some((other) => other.id === mutant.id && !isCaught(other))
}

function scatter({ id }: Mutant): number {
  return Math.imul(Number(id) + 1, 0x9e3779b1) >>> 0
}

function progress(found: ReadonlyMap<string, Examined>, of: number, started: number): string {
  const survived = [...found.values()].filter((mutant) => !isCaught(mutant)).length
  const minutes = ((Date.now() - started) / 60_000).toFixed(1)
  return `${found.size} of ${of} examined in ${minutes} min, ${survived} survived`
}

async function lastRun(): Promise<Examined[]> {
  const text = await readFile(REPORT, 'utf8').catch(() => '[]')
  return JSON.parse(text) as Examined[]
}

/** A run of some mutants renews only their part of the last one's report. */
async function save(all: readonly Examined[], before: readonly Examined[]): Promise<void> {
  const renewed = new Set(all.map(({ id }) => id))
  const kept = before.filter(({ id }) => !renewed.has(id))
  await mkdir(dirname(REPORT), { recursive: true })
  await writeFile(REPORT, JSON.stringify([...kept, ...all], null, 1))
}
