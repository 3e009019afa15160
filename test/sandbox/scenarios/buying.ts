import type { Scenario } from './scenario.ts'
import { BUYING_AT_CHECKOUT } from './buying-at-checkout.ts'
import { BUYING_BY_CARD } from './buying-by-card.ts'
import { TRIAL_CHANGES } from './buying-trial-changes.ts'
import { TRIAL_ENDS } from './buying-trial-ends.ts'
import { BUYING_TRIALS } from './buying-trials.ts'

export const BUYING: readonly Scenario[] = [
  ...BUYING_BY_CARD,
  ...BUYING_AT_CHECKOUT,
  ...BUYING_TRIALS,
  ...TRIAL_ENDS,
  ...TRIAL_CHANGES,
]
