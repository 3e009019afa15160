import type { CatalogProduct } from './compile-catalog.ts'

/** For which spans of time a source gives what it gives of limits and credits. Times are Unix seconds. */
export interface SourceUsage {
  /** What allowances are named by: the subscription, or the source itself. */
  group: string
  /** Billing period; null: none is known, or it gives once. */
  periodStart: number | null
  periodEnd: number | null
  interval: string | null
  intervalCount: number
  /** Second that periods are counted from. */
  anchor: number | null
  /** Second from which it gives; null: not paid for yet, or taken back. */
  givenAt: number | null
  /** Second at which what is given once ends by itself; null: never. */
  endsAt: number | null
  /** What the money of each period bought, oldest first; subscriptions only. */
  bought: BoughtPeriod[]
}

/** A billing period whose money came in, or was taken back since. */
export interface BoughtPeriod {
  from: number
  to: number
  product: CatalogProduct
  quantity: number
  isTaken: boolean
}

/** Of a source that gives once: a purchase, a summary, a person's grant. */
export function givenOnce(
  group: string,
  givenAt: number | null,
  endsAt: number | null = null,
): SourceUsage {
  return {
    group,
    periodStart: null,
    periodEnd: null,
    interval: null,
    intervalCount: 1,
    anchor: null,
    givenAt,
    endsAt,
    bought: [],
  }
}

/** Of a subscription whose own periods are not known yet: one span, and nothing is known of the next. */
export function givenMeanwhile(subscription: string, from: number, to: number): SourceUsage {
  return { ...givenOnce(subscription, from), periodStart: from, periodEnd: to }
}
