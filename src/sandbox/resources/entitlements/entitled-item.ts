/**
 * What one subscription item gives in its current period. Features attached to or taken from the
 * product meanwhile count from the next period on (stripe-facts row 91).
 */
export interface EntitledItem {
  /** The subscription item's. */
  readonly id: string
  readonly customer: string
  readonly product: string
  /** Unix seconds. */
  readonly periodStart: number
  /** Ids of features. */
  readonly features: readonly string[]
}
