import type { CheckoutLine } from '../checkout/line-items.ts'

/** What a payment link keeps and does not show on it. */
export interface LinkTerms {
  /** The link's id. */
  readonly id: string
  readonly lines: readonly CheckoutLine[]
}
