import { DAY, formatSecond } from './calendar.ts'
import { cover, paymentsOf, tell, type Telling } from './deed.ts'
import type { Facts } from './facts.ts'
import type { InvoiceView } from './views/invoice-view.ts'

/** What became of bills. Drafts and demands that were paid in time are routine and go untold. */
export function describeInvoices(telling: Telling): void {
  for (const invoice of telling.after.invoices.values()) {
    if (telling.covered.has(invoice.id)) continue
    const before = telling.before.invoices.get(invoice.id)
    const what = sentence(telling, before, invoice)
    if (what === null) continue
    cover(telling, paymentsOf(telling, invoice.id))
    tell(telling, what, [invoice.id, invoice.state.subscription])
  }
}

function sentence(
  telling: Telling,
  before: InvoiceView | undefined,
  invoice: InvoiceView,
): string | null {
  const { state } = invoice
  const name = invoiceName(invoice)
  if (state.status !== before?.state.status) {
    switch (state.status) {
      case 'paid':
        return paid(before, invoice)
      case 'void':
        return `${name} was voided.`
      case 'uncollectible':
        return `${name} was given up as uncollectible.`
      case 'open':
        return opened(telling, invoice)
      case 'draft':
        telling.minor.push({ what: `${name} is being made.`, objects: [invoice.id] })
    }
  }
  if ((invoice.failedAttempt ?? 0) > (before?.failedAttempt ?? 0)) return failed(invoice)
  if (state.hasFinalizationError && before?.state.hasFinalizationError !== true) {
    return `Stripe could not make ${lower(name)} final.`
  }
  return null
}

function paid(before: InvoiceView | undefined, invoice: InvoiceView): string {
  const name = invoiceName(invoice)
  if (invoice.state.amountPaid === 0 && invoice.state.amountDue === 0) {
    return `${name} is settled with nothing to pay.`
  }
  if (before?.state.status === 'uncollectible') return `${name} was paid after all.`
  const isLate = before?.failedAttempt !== null && before?.failedAttempt !== undefined
  return `${name} was paid${isLate ? ' at last' : ''}.`
}

function opened(telling: Telling, invoice: InvoiceView): string | null {
  if (invoice.failedAttempt !== null) return failed(invoice)
  if (invoice.state.attempted && !isPaidWithin(telling.final, invoice, DAY)) {
    return `Payment of ${lower(invoiceName(invoice))} is under way.`
  }
  const { collectionMethod, dueDate } = invoice.state
  const name = invoiceName(invoice)
  if (collectionMethod === 'send_invoice') {
    const due = dueDate === null ? '' : `, due ${formatSecond(dueDate)}`
    return unlessSettled(telling, invoice, `${name} was sent to the customer${due}.`)
  }
  return unlessSettled(telling, invoice, `${name} is to be paid.`)
}

function failed(invoice: InvoiceView): string {
  const { failedAttempt, state } = invoice
  const attempt = (failedAttempt ?? 1) > 1 ? ` (attempt ${failedAttempt})` : ''
  const again =
    state.nextPaymentAttempt === null
      ? ''
      : ` Stripe will try again on ${formatSecond(state.nextPaymentAttempt)}.`
  return `Payment of ${lower(invoiceName(invoice))} failed${attempt}.${again}`
}

function isPaidWithin(final: Facts, { id, firstAt }: InvoiceView, seconds: number): boolean {
  const paidAt = final.invoices.get(id)?.settledAt ?? null
  return paidAt !== null && paidAt <= firstAt + seconds
}

/** A demand that was met without trouble is worth a word only where it alone explains something. */
function unlessSettled(telling: Telling, { id }: InvoiceView, what: string): string | null {
  const end = telling.final.invoices.get(id)
  if (end?.state.status !== 'paid' || end.failedAttempt !== null) return what
  telling.minor.push({ what, objects: [id] })
  return null
}

const BY_REASON: ReadonlyMap<string, string> = new Map([
  ['subscription_create', 'The first invoice'],
  ['subscription_cycle', 'The renewal invoice'],
  ['subscription_update', 'The invoice for the change'],
  ['subscription_threshold', 'The invoice for usage so far'],
])

export function invoiceName({ state }: InvoiceView): string {
  return BY_REASON.get(state.billingReason ?? '') ?? 'An invoice'
}

export function lower(name: string): string {
  return `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`
}
