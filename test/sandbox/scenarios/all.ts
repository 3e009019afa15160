import type { Scenario } from './scenario.ts'
import { BUYING } from './buying.ts'
import { CHANGES } from './changes.ts'
import { ODDS_AND_ENDS } from './odds-and-ends.ts'
import { RENEWALS } from './renewals.ts'

export const ALL_SCENARIOS: readonly Scenario[] = [
  ...BUYING,
  ...RENEWALS,
  ...CHANGES,
  ...ODDS_AND_ENDS,
]

/** Rows that no scenario plays, and why. docs/sandbox.md says the same. */
export const NOT_PLAYED: Readonly<Record<number, string>> = {
  98: 'Accounts v2 stand for customers on Connect platforms (for others in preview); the sandbox is one account, and each of its customers is a Customer',
}
