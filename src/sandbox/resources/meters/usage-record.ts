/** A meter event that was accepted, as it counts. */
export interface UsageRecord {
  /** Ours: Stripe's meter events have none. */
  readonly id: string
  readonly identifier: string
  readonly event_name: string
  readonly meter: string
  readonly customer: string
  /** Decimal text. */
  readonly value: string
  /** Unix seconds at which the usage happened. */
  readonly timestamp: number
  /** Unix seconds, on the customer's clock, at which Stripe received it. */
  readonly received: number
  readonly canceled: boolean
}
