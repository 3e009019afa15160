import { applyBatch } from './apply-batch.ts'
import type { LedgerKey } from '../../store/statements/usage-ledgers.ts'
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
  /** After a commit that could not write the alerts of these. */
  retell: (untold: readonly LedgerKey[]) => void
}

/** Runs batches to their commit, however often they must begin anew. */
export function createBatchRun({ source, untilCommitted, announce, retell }: BatchRunOptions) {
  return async function run(operations: readonly Operation[]): Promise<Outcome<Answer>[]> {
    const { outcomes, position, untold } = await untilCommitted((tx, acquainted) =>
      applyBatch(tx, source, operations, acquainted),
    )
    announce(position)
    retell(untold)
    return outcomes
  }
}
