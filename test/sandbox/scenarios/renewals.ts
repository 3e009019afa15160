import { RENEWAL_FAILS } from './renewal-fails.ts'
import { RENEWAL_PAID } from './renewal-paid.ts'
import { RETRIES_EXHAUSTED } from './retries-exhausted.ts'
import type { Scenario } from './scenario.ts'

/** Rows 40 to 62: renewals, dunning and recovery, upgrades, and ends that are asked for. */
export const RENEWALS: readonly Scenario[] = [
  ...RENEWAL_PAID,
  ...RENEWAL_FAILS,
  ...RETRIES_EXHAUSTED,
]
