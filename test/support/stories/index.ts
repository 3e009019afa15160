import { pendingUpdates } from './pending-updates.ts'
import { billing } from './billing.ts'
import { cancellations } from './cancellations.ts'
import { delayedPurchases } from './delayed-purchases.ts'
import { delayedSubscriptions } from './delayed-subscriptions.ts'
import { disputes } from './disputes.ts'
import { dunning } from './dunning.ts'
import { endings } from './endings.ts'
import { entitlements } from './entitlements.ts'
import { identities } from './identities.ts'
import { invoiceDisputes } from './invoice-disputes.ts'
import { passes } from './passes.ts'
import { pauses } from './pauses.ts'
import { planChanges } from './plan-changes.ts'
import { provisional } from './provisional.ts'
import { purchases } from './purchases.ts'
import { references } from './references.ts'
import { refunds } from './refunds.ts'
import { renewals } from './renewals.ts'
import { seatChanges } from './seat-changes.ts'
import { sources } from './sources.ts'
import { terms } from './terms.ts'
import { trialEnds } from './trial-ends.ts'
import { trials } from './trials.ts'
import { usages } from './usage.ts'
import { writeOffs } from './write-offs.ts'
import type { Story } from './story.ts'

export type { Checkpoint, Expected, Story, Witness, WitnessSource } from './story.ts'

/** Every story, by topic. */
export const stories: readonly Story[] = [
  ...purchases,
  ...passes,
  ...delayedSubscriptions,
  ...delayedPurchases,
  ...billing,
  ...renewals,
  ...trials,
  ...trialEnds,
  ...dunning,
  ...writeOffs,
  ...terms,
  ...pauses,
  ...endings,
  ...cancellations,
  ...seatChanges,
  ...planChanges,
  ...pendingUpdates,
  ...disputes,
  ...invoiceDisputes,
  ...refunds,
  ...identities,
  ...references,
  ...sources,
  ...usages,
  ...entitlements,
  ...provisional,
]
