import type { Catalog } from './compile-catalog.ts'
import type { Facts } from './facts.ts'
import type { Joins } from './joins.ts'
import type { Names } from './names.ts'
import type { InvoiceView } from './views/invoice-view.ts'
import type { SubscriptionView } from './views/subscription-view.ts'

/** Something that happened, told to a person. */
export interface Deed {
  /** One plain sentence. */
  what: string
  /** Stripe object ids it is about, the most telling first. */
  objects: string[]
}

/** What was believed before some news and after it: the difference is what happened. */
export interface Telling {
  before: Facts
  after: Facts
  joins: Joins
  joinsBefore: Joins
  catalog: Catalog
  names: Names
  /** What is known at the end of the story: what came to nothing need not be told. */
  final: Facts
  deeds: Deed[]
  /** What is worth a word only where it alone explains a conclusion. */
  minor: Deed[]
  /** Objects another deed has spoken for already. */
  covered: Set<string>
}

export function tell(telling: Telling, what: string, objects: readonly (string | null)[]): void {
  const known = [...new Set(objects.filter((id) => id !== null))]
  telling.deeds.push({ what, objects: known })
  for (const id of known) telling.covered.add(id)
}

export function cover(telling: Telling, ids: Iterable<string | null>): void {
  for (const id of ids) if (id !== null) telling.covered.add(id)
}

/** The payments that belong to an invoice, and their charges. */
export function paymentsOf({ joins }: Telling, invoice: string): string[] {
  const intents = [...(joins.paymentIntentsOfInvoice.get(invoice) ?? [])]
  const charges = [
    ...(joins.chargesOfInvoice.get(invoice) ?? []),
    ...intents.flatMap((id) => [...(joins.chargesOfPaymentIntent.get(id) ?? [])]),
  ]
  return [...intents, ...charges]
}

/** A bill of this subscription that the same news tells of; `reasons` null: of any kind. */
export function billOf(
  { before, after, joins }: Telling,
  view: SubscriptionView,
  reasons: readonly string[] | null,
): InvoiceView | undefined {
  return [...(joins.invoicesOfSubscription.get(view.id) ?? [])]
    .sort()
    .flatMap((id) => after.invoices.get(id) ?? [])
    .find((invoice) => {
      const earlier = before.invoices.get(invoice.id)
      const isNews =
        earlier?.state.status !== invoice.state.status ||
        earlier.failedAttempt !== invoice.failedAttempt
      return isNews && (reasons === null || reasons.includes(invoice.state.billingReason ?? ''))
    })
}

export function coverBill(telling: Telling, bill: InvoiceView): void {
  cover(telling, [bill.id, ...paymentsOf(telling, bill.id)])
}
