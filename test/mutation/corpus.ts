import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { CatalogDefinition } from '../../src/core/catalog.ts'
import type { AnySnapshot } from '../../src/core/fact.ts'
import { reduce } from '../../src/stripe/reduce.ts'
import { CURRENT, played } from '../sandbox/decided/decided-stage.ts'
import { STORIES } from '../gauntlet/stories/index.ts'
import { bodyAt, toObservation } from '../support/stripe/index.ts'
import { CORPUS } from './paths.ts'

/** A scenario of the sandbox as the core sees it: played once, judged under every mutant. */
export interface Told {
  title: string
  /** Whether it plays rows of the table; else it is a combination of several. */
  isOfTable: boolean
  catalog: CatalogDefinition
  /** What each event said, in the order of emission; `at` is the second it was made. */
  events: { at: number; snapshots: AnySnapshot[] }[]
  /** The full hour after it was over: the sandbox's clock runs on while it plays. */
  end: number
}

const HOUR = 3600

/** Plays every scenario and leaves what its events say in a file. */
export async function writeCorpus(note: (done: number, of: number) => void): Promise<void> {
  const corpus: Told[] = []
  for (const scenario of STORIES) {
    const { catalog, end, bodies, close } = await played(scenario)
    const events = bodies(CURRENT).map((body) => ({
      at: bodyAt(body),
      snapshots: [...reduce(toObservation(body)).snapshots],
    }))
    const title = [scenario.rows.join(', '), scenario.title].filter(Boolean).join(': ')
    corpus.push({
      title,
      isOfTable: scenario.rows.length > 0,
      catalog,
      events,
      end: (Math.floor(end / HOUR) + 1) * HOUR,
    })
    await close()
    note(corpus.length, STORIES.length)
  }
  await mkdir(dirname(CORPUS), { recursive: true })
  await writeFile(CORPUS, JSON.stringify(corpus))
}
