import type { NeedType } from '../../../src/core/decision.ts'
import type { CoreResult, Finding } from '../core/result.ts'
import type { ServiceResult } from '../service/result.ts'

/**
 * Rows of Stripe's behaviour that no event tells, with what has to be read (SPEC.md, "Known gaps"):
 * what a purchase by Checkout sold stands in its line items alone.
 */
export const ROWS_TO_READ: Readonly<Record<number, NeedType>> = {
  28: 'checkout_session',
  29: 'checkout_session',
  31: 'checkout_session',
  33: 'checkout_session',
}

type Judged = Pick<CoreResult | ServiceResult, 'name' | 'rows' | 'undecided'>

/** Names of the stories that were undecided without a read, and whether each of their rows is listed. */
export function undecidedStories(runs: readonly Judged[]): {
  readonly listed: string[]
  readonly unlisted: string[]
} {
  const undecided = runs.filter((run) => run.undecided.length > 0)
  const unlisted = new Set(
    undecided
      .filter(({ rows, undecided: findings }) => !findings.every((each) => isListed(rows, each)))
      .map(({ name }) => name),
  )
  const all = new Set(undecided.map(({ name }) => name))
  return { listed: [...all].filter((name) => !unlisted.has(name)), unlisted: [...unlisted] }
}

/** A listed row excuses only the question it is listed with. */
function isListed(rows: readonly number[], { needs }: Pick<Finding, 'needs'>): boolean {
  return rows.some((row) => {
    const type = ROWS_TO_READ[row]
    return type !== undefined && needs.some((need) => need.startsWith(`${type} `))
  })
}
