import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Price } from '../../tables.ts'
import { anchorFor, step } from './calendar.ts'
import { recurrenceOf } from './prices-for.ts'
import type { SubscriptionInput } from './subscription-input.ts'

/** When a subscription to be begins, tries and bills. Unix seconds. */
export interface Terms {
  readonly now: number
  readonly start: number
  readonly trialEnd: number | null
  readonly anchor: number
  /** Whether the caller set the anchor, so that the time up to it is a part of a period. */
  readonly isAnchorSet: boolean
}

const DAY = 86_400
const FIVE_YEARS = 5 * 366 * DAY

/** @throws {StripeError} 400 where the times asked for contradict each other or are out of reach. */
export function termsOf(input: SubscriptionInput, prices: readonly Price[], now: number): Terms {
  const start = startOf(input, now)
  const trialEnd = trialEndOf(input, prices, now)
  const asked = askedAnchor(input, now)
  const isAnchorSet = asked !== null
  if (asked !== null) refuseAnchor(asked, prices, trialEnd ?? now)
  return { now, start, trialEnd, anchor: asked ?? trialEnd ?? now, isAnchorSet }
}

function startOf({ backdate_start_date: start }: SubscriptionInput, now: number): number {
  if (start !== undefined && start > now) {
    throw invalidRequest('`backdate_start_date` must be in the past.', {
      param: 'backdate_start_date',
    })
  }
  return start ?? now
}

function trialEndOf(
  input: SubscriptionInput,
  prices: readonly Price[],
  now: number,
): number | null {
  const { trial_end: end, trial_period_days: days, trial_from_plan: fromPlan } = input
  if (end !== undefined && days !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: trial_end, trial_period_days.',
    )
  }
  if (fromPlan === true && end !== undefined) {
    throw invalidRequest('You cannot specify `trial_end` when `trial_from_plan` is true.', {
      param: 'trial_end',
    })
  }
  if (end === 'now') return null
  if (end !== undefined) return checkedTrialEnd(end, now)
  if (days !== undefined) {
    if (days > 730) {
      throw invalidRequest('The maximum number of trial period days is 730 (2 years).', {
        param: 'trial_period_days',
      })
    }
    return days > 0 ? now + days * DAY : null
  }
  const own = Math.max(0, ...prices.map((price) => price.recurring?.trial_period_days ?? 0))
  return fromPlan === true && own > 0 ? now + own * DAY : null
}

/** @throws {StripeError} 400 for a trial that ends in the past or in five years. */
export function checkedTrialEnd(end: number, now: number): number {
  if (end <= now) {
    throw invalidRequest('Invalid timestamp: must be an integer Unix timestamp in the future.', {
      param: 'trial_end',
    })
  }
  if (end > now + FIVE_YEARS) {
    throw invalidRequest('Invalid timestamp: can be no more than five years in the future', {
      param: 'trial_end',
    })
  }
  return end
}

function askedAnchor(input: SubscriptionInput, now: number): number | null {
  const { billing_cycle_anchor: anchor, billing_cycle_anchor_config: config } = input
  if (anchor !== undefined && config !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: billing_cycle_anchor, billing_cycle_anchor_config.',
    )
  }
  return config === undefined ? (anchor ?? null) : anchorFor(config, now)
}

function refuseAnchor(anchor: number, prices: readonly Price[], from: number): void {
  const natural = Math.max(...prices.map((price) => step(from, recurrenceOf(price), 1)))
  if (anchor > natural) {
    throw invalidRequest(
      `\`billing_cycle_anchor\` cannot be later than next natural billing date (${String(natural)}) for plan`,
      { param: 'billing_cycle_anchor' },
    )
  }
  if (anchor < from) {
    throw invalidRequest(
      '`billing_cycle_anchor` must be in the future, and not before the end of the trial.',
      {
        param: 'billing_cycle_anchor',
      },
    )
  }
}
