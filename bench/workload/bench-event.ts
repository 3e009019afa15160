/** One Stripe event as the load sends it. */
export interface BenchEvent {
  id: string
  type: string
  /** Unix seconds. */
  created: number
  /** Printed with indents, as Stripe prints its webhooks. */
  body: Buffer
}

export type WorkloadName = 'update' | 'purchase'

/** Plain data, so that a subject's process can make the very same events. */
export interface WorkloadSpec {
  name: WorkloadName
  /** Unix seconds at which the customers bought. */
  start: number
  /** Customers the events speak of, each in turn; they have bought before the load begins (`update`). */
  customers: number
  /** Only every nth of those who have bought. @defaultValue 1 */
  stride?: number
  /** Months they have paid for since. @defaultValue 0 */
  renewals?: number
  /** Keeps the ids of one phase apart from those of another. */
  tag: string
  /** Number of the first event; a later phase on the same customers goes on where one ended. */
  from: number
}

/** The nth event, the same on every call. */
export type EventAt = (index: number) => BenchEvent
