import { compareText } from './canonical.ts'
import type { ProductPolicy } from './catalog.ts'
import type { Need } from './decision.ts'
import type { BoughtPrice, SubscriptionItemState } from './fact.ts'
import type { Facts } from './facts.ts'
import type { Standing } from './invoice-standing.ts'
import type { Joins } from './joins.ts'
import type { SubscriptionView } from './views/subscription-view.ts'

/** A line of an invoice that concerns one subscription item. */
export interface ItemLine {
  from: number
  to: number
  bought: BoughtPrice
  isProration: boolean
  amount: number
  invoice: string
  billingReason: string | null
  created: number
  standing: Standing
  evidence: string[]
}

/** What the money says of one subscription item. */
export interface Coverage {
  /** Lines whose money stands. */
  paid: ItemLine[]
  /** Lines whose money was taken back: disputed, lost, refunded. */
  reversed: ItemLine[]
  /** Lines that are still to be paid, or never will be. */
  unpaid: ItemLine[]
  /** Lines of settled bills that pay for nothing: what they build on was never paid. */
  hollow: ItemLine[]
  /** End of the latest paid period; null: nothing was ever paid. */
  until: number | null
  needs: Need[]
  /** Every line that charges, as it was billed. */
  billed: ItemLine[]
  /** Credits of invoices that are paid, which give time back, or let go, which do not. */
  credits: ItemLine[]
}

export interface ItemContext {
  facts: Facts
  joins: Joins
  subscription: SubscriptionView
  item: SubscriptionItemState
  policy: ProductPolicy
}

/** Oldest first; of one second, what is billed for a period before changes within it. */
export function inOrder(a: ItemLine, b: ItemLine): number {
  return (
    a.created - b.created ||
    Number(a.isProration) - Number(b.isProration) ||
    a.from - b.from ||
    compareText(a.invoice, b.invoice)
  )
}
