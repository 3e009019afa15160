import type { CoreResult } from '../core/result.ts'
import type { CapturedResult } from '../service/run-captured.ts'
import type { ServiceResult } from '../service/result.ts'
import type { Contest } from '../service/task.ts'
import { undecidedStories } from './undecided-rows.ts'

/** Everything of one run: plain data, from which the report is written and nothing else. */
export interface GauntletResults {
  readonly seed: string
  /** The day of the run, ISO 8601. */
  readonly day: string
  readonly stories: readonly StoryHead[]
  readonly contestants: readonly ContestantHead[]
  readonly core: readonly CoreResult[]
  readonly service: readonly ServiceResult[]
  readonly contests: readonly StoryContest[]
  /** Events others have published; null: the folder is not there. */
  readonly captured: readonly CapturedResult[] | null
  /** Stories that could not be run at all. */
  readonly failures: readonly string[]
}

export interface StoryHead {
  /** Its place among all stories, from 1. */
  readonly number: number
  readonly name: string
  readonly title: string
  readonly rows: readonly number[]
}

export interface ContestantHead {
  readonly name: string
  readonly setUp: string
}

export interface StoryContest extends Contest {
  readonly story: number
}

export interface Verdict {
  readonly wrongFinal: number
  readonly unsafe: number
  readonly faults: number
  /** Names of stories that only a read settles, as SPEC.md lists their rows. */
  readonly undecided: readonly string[]
  /** Of those whose rows it does not list: a failure. */
  readonly unlisted: readonly string[]
}

/** What decides over exit code 0. Proviso's own answers in the contest count, with a key. */
export function verdictOf(results: GauntletResults): Verdict {
  const { core, service, contests, captured, failures } = results
  const runs = [...core, ...service]
  const contested = contests
    .flatMap(({ live, late }) => [...live, ...late])
    .filter(({ contestant }) => contestant === 'proviso')
  const { listed, unlisted } = undecidedStories(runs)
  const wrongCaptured = (captured ?? []).filter((sequence) => !sequence.isSameInAllOrders)
  return {
    wrongFinal:
      count(runs.map(({ wrongFinal }) => wrongFinal.length)) +
      count(contested.map(({ wrongFinal }) => wrongFinal.length)) +
      wrongCaptured.length,
    unsafe:
      count(runs.map(({ unsafe }) => unsafe.length)) +
      count((captured ?? []).map(({ unsafe }) => unsafe)),
    faults: count(service.map(({ faults }) => faults.length)) + failures.length,
    undecided: listed,
    unlisted,
  }
}

export function count(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
