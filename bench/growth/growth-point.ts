/** One size of the database at which settling is measured. */
export interface GrowthPoint {
  name: string
  /** Customers in the database. */
  customers: number
  /** Months each of them has paid for after the first. */
  renewals: number
}

export interface GrowthPair {
  title: string
  small: GrowthPoint
  large: GrowthPoint
}

/** Customers that get events, at every size the same number: their own histories grow alike. */
export const TOUCHED = 100
/** Customers of one batch; each gets one event. */
export const BATCH = 20

export const GROWTH: readonly GrowthPair[] = [
  {
    title: 'customers 100 → 10,000',
    small: { name: 'hundred', customers: 100, renewals: 0 },
    large: { name: 'ten thousand', customers: 10_000, renewals: 0 },
  },
  {
    title: 'renewals of a customer 12 → 120',
    small: { name: 'one year', customers: 100, renewals: 12 },
    large: { name: 'ten years', customers: 100, renewals: 120 },
  },
]
