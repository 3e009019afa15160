import { CANCEL_AT_PERIOD_END } from './cancel-at-period-end.ts'
import { CANCEL_IN_TRIAL } from './cancel-in-trial.ts'
import { CYCLES } from './cycles.ts'
import { DROPPED_UPDATES } from './dropped-updates.ts'
import { FIRST_PAYMENT_FAILS } from './first-payment-fails.ts'
import { PAUSE_ON_FAILURE } from './pause-on-failure.ts'
import { PENDING_UPDATES } from './pending-updates.ts'
import { QUANTITIES } from './quantities.ts'
import { RECOVERY } from './recovery.ts'
import { RENEWAL_3DS } from './renewal-3ds.ts'
import { RENEWAL_FAILS } from './renewal-fails.ts'
import { RENEWAL_HELD } from './renewal-held.ts'
import { RENEWAL_PAID } from './renewal-paid.ts'
import { RETRIES_EXHAUSTED } from './retries-exhausted.ts'
import type { Scenario } from './scenario.ts'
import { STUCK_INVOICES } from './stuck-invoices.ts'
import { UPGRADES } from './upgrades.ts'

/** Rows 40 to 62: renewals, dunning and recovery, upgrades, and ends that are asked for. */
export const RENEWALS: readonly Scenario[] = [
  ...RENEWAL_PAID,
  ...RENEWAL_HELD,
  ...RENEWAL_FAILS,
  ...RETRIES_EXHAUSTED,
  ...PAUSE_ON_FAILURE,
  ...RECOVERY,
  ...RENEWAL_3DS,
  ...STUCK_INVOICES,
  ...FIRST_PAYMENT_FAILS,
  ...UPGRADES,
  ...PENDING_UPDATES,
  ...DROPPED_UPDATES,
  ...QUANTITIES,
  ...CYCLES,
  ...CANCEL_AT_PERIOD_END,
  ...CANCEL_IN_TRIAL,
]
