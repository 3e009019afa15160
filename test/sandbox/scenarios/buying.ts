import type { Scenario } from './scenario.ts'
import { BUYING_AT_CHECKOUT } from './buying-at-checkout.ts'
import { BUYING_BY_ACH } from './buying-by-ach.ts'
import { BUYING_BY_CARD } from './buying-by-card.ts'
import { BUYING_BY_DEBIT } from './buying-by-debit.ts'
import { DEBITS_LATER } from './buying-debits-later.ts'
import { BUYING_DECLINED } from './buying-declined.ts'
import { BUYING_FOR_NOTHING } from './buying-for-nothing.ts'
import { MANY_ITEMS } from './buying-many-items.ts'
import { BUYING_ON_CREDIT } from './buying-on-credit.ts'
import { BUYING_ONCE } from './buying-once.ts'
import { THRESHOLDS } from './buying-thresholds.ts'
import { TRIAL_CHANGES } from './buying-trial-changes.ts'
import { TRIAL_ENDS } from './buying-trial-ends.ts'
import { TRIAL_OFFERS } from './buying-trial-offers.ts'
import { TRIAL_WITHOUT_CARD } from './buying-trial-without-card.ts'
import { BUYING_TRIALS } from './buying-trials.ts'
import { BUYING_USAGE } from './buying-usage.ts'

export const BUYING: readonly Scenario[] = [
  ...BUYING_BY_CARD,
  ...BUYING_DECLINED,
  ...BUYING_AT_CHECKOUT,
  ...MANY_ITEMS,
  ...BUYING_TRIALS,
  ...TRIAL_ENDS,
  ...TRIAL_WITHOUT_CARD,
  ...TRIAL_CHANGES,
  ...TRIAL_OFFERS,
  ...BUYING_BY_DEBIT,
  ...BUYING_BY_ACH,
  ...DEBITS_LATER,
  ...BUYING_ONCE,
  ...BUYING_FOR_NOTHING,
  ...BUYING_USAGE,
  ...THRESHOLDS,
  ...BUYING_ON_CREDIT,
]
