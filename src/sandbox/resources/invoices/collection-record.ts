import type { Discount } from '../../tables.ts'

/** What Stripe knows of an invoice's collection and does not show. */
export interface CollectionRecord {
  /** The invoice's. */
  readonly id: string
  /** The discounts as they were when the draft was made: one may since have been spent. */
  readonly discounts: readonly Discount[]
  /** The id of its `invoice.created`. */
  readonly created_event: string | null
  /** The API request that finalised it; null: automation, or a draft. */
  readonly finalized_by: string | null
  /** Unix seconds of the first failed attempt, from which retries count. */
  readonly first_failed_at: number | null
  /** Failures that moved the retry schedule so far. */
  readonly retries: number
  /** The attempt going on now: only automatic ones move the retry schedule (stripe-facts row 42). */
  readonly attempt: 'automatic' | 'manual' | 'on_session' | null
  /** The payment method that was refused for good: retries wait for another (stripe-facts row 42). */
  readonly declined_for_good: string | null
}
