/** One size of the database at which settling is measured. */
export interface GrowthPoint {
  name: string
  /** Customers in the database. */
  customers: number
  /** Months each of them has paid for after the first. */
  renewals: number
  /** Customers of one batch; each gets one event. */
  batch: number
}

export interface GrowthPair {
  title: string
  small: GrowthPoint
  large: GrowthPoint
}

export const GROWTH: readonly GrowthPair[] = [
  {
    title: 'customers 100 → 10,000',
    small: { name: 'hundred', customers: 100, renewals: 0, batch: 100 },
    large: { name: 'ten thousand', customers: 10_000, renewals: 0, batch: 100 },
  },
  {
    title: 'renewals of one customer 12 → 120',
    small: { name: 'one year', customers: 20, renewals: 12, batch: 20 },
    large: { name: 'ten years', customers: 20, renewals: 120, batch: 20 },
  },
]
