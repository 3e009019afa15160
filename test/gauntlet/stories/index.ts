import { ALL_SCENARIOS } from '../../sandbox/scenarios/all.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import { ADD_ONS } from './add-ons.ts'
import { CHANNELS } from './channels.ts'
import { DEBITS } from './debits.ts'
import { DISCOUNTS } from './discounts.ts'
import { DUNNING } from './dunning.ts'
import { ENDINGS } from './endings.ts'
import { GUESTS } from './guests.ts'
import { IDENTITIES } from './identities.ts'
import { INTERVALS } from './intervals.ts'
import { PASSES } from './passes.ts'
import { PAUSES } from './pauses.ts'
import { PENDING_UPGRADES } from './pending-upgrades.ts'
import { PLAN_CHANGES } from './plan-changes.ts'
import { POLICIES } from './policies.ts'
import { PRICE_LISTS } from './price-lists.ts'
import { REFUND_POLICIES } from './refund-policies.ts'
import { RESUBSCRIBING } from './resubscribing.ts'
import { SEATS } from './seats.ts'
import { SENT_INVOICES } from './sent-invoices.ts'
import { TAKEN_BACK } from './taken-back.ts'
import { TRIALS } from './trials.ts'
import { UNIONS } from './unions.ts'
import { USAGE } from './usage.ts'

/** What users meet that is more than one row of the table: two or more scenarios in one life. */
export const COMBINATIONS: readonly Scenario[] = [
  ...ADD_ONS,
  ...CHANNELS,
  ...DEBITS,
  ...DISCOUNTS,
  ...DUNNING,
  ...ENDINGS,
  ...GUESTS,
  ...IDENTITIES,
  ...INTERVALS,
  ...PASSES,
  ...PAUSES,
  ...PENDING_UPGRADES,
  ...PLAN_CHANGES,
  ...POLICIES,
  ...PRICE_LISTS,
  ...REFUND_POLICIES,
  ...RESUBSCRIBING,
  ...SEATS,
  ...SENT_INVOICES,
  ...TAKEN_BACK,
  ...TRIALS,
  ...UNIONS,
  ...USAGE,
]

/** Every story the gauntlet tells. */
export const STORIES: readonly Scenario[] = [...ALL_SCENARIOS, ...COMBINATIONS]
