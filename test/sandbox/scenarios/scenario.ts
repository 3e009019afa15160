import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Settings } from '../../../src/sandbox/index.ts'
import type { Stage } from './stage.ts'

/** One or more rows of the table of scenarios (stripe-facts §1), played through the API. */
export interface Scenario {
  /** Numbers of the rows it plays, whole; of a combination, those it combines. */
  readonly rows: readonly number[]
  /** What happens, in a sentence. */
  readonly title: string
  readonly settings?: Partial<Settings>
  /** Rules of SPEC.md that it is told for, beyond those its rows and reasons show. */
  readonly rules?: readonly string[]
  /** What the app sells; absent: all that is sold gives one flag and as many seats as were bought. */
  catalog?(stage: Stage): CatalogDefinition
  /** Plays it, moves time, and checks events and their fields against the rows on the way. */
  play(stage: Stage): Promise<void>
}
