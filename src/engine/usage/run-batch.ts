import { applyBatch } from './apply-batch.ts'
import type { StandingSource } from './load-standings.ts'
import type { Operation } from './operation.ts'
import type { UntilCommitted } from './until-committed.ts'
import type { Answer } from './usage-answer.ts'
import type { Outcome } from './usage-batches.ts'
import type { Written } from './write-standings.ts'

export interface BatchRunOptions {
  source: StandingSource
  untilCommitted: UntilCommitted
  /** After a commit: what it told of, and could not. */
  committed: (written: Written) => void
}

/** Runs batches to their commit, however often they must begin anew. */
export function createBatchRun({ source, untilCommitted, committed }: BatchRunOptions) {
  return async function run(operations: readonly Operation[]): Promise<Outcome<Answer>[]> {
    const batch = await untilCommitted((tx, acquainted) =>
      applyBatch(tx, source, operations, acquainted),
    )
    committed(batch)
    return batch.outcomes
  }
}
