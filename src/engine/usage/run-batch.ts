import { applyBatch } from './apply-batch.ts'
import type { StandingSource } from './load-standings.ts'
import type { Operation } from './operation.ts'
import type { UntilCommitted } from './until-committed.ts'
import type { Answer } from './usage-answer.ts'
import type { Outcome } from './usage-batches.ts'

export interface BatchRunOptions {
  source: StandingSource
  untilCommitted: UntilCommitted
  /** After a commit that wrote changes. */
  announce: (position: number | null) => void
}

/** Runs batches to their commit, however often they must begin anew. */
export function createBatchRun({ source, untilCommitted, announce }: BatchRunOptions) {
  return async function run(operations: readonly Operation[]): Promise<Outcome<Answer>[]> {
    const { outcomes, position } = await untilCommitted((tx, acquainted) =>
      applyBatch(tx, source, operations, acquainted),
    )
    announce(position)
    return outcomes
  }
}
