import type { Policy } from '../../../src/core/catalog.ts'
import type { Invoice, InvoiceLineItem, Subscription } from '../../../src/sandbox/tables.ts'
import { standingOf, type Standing } from './money.ts'
import type { Ledger } from './ledger.ts'

/** A stretch of time that a line of an invoice bills for a subscription item. */
export interface Stretch {
  /** Unix seconds, the end exclusive. */
  readonly start: number
  readonly end: number
  readonly price: string | null
  readonly quantity: number | null
  /** null: time that needs no bill. */
  readonly invoice: Invoice | null
  readonly standing: Standing
}

/** What was billed for an item that is paid ahead, in order of billing. */
export function stretchesOf(
  ledger: Ledger,
  subscription: Subscription,
  item: string,
  policy: Policy,
): Stretch[] {
  const stretches: Stretch[] = []
  for (const { invoice, line, standing } of billedLines(ledger, item, policy)) {
    if (line.amount < 0) {
      // Given back only once the bill that says so is settled: until then the old time is paid for.
      if (standing === 'stands') giveBack(stretches, invoice, line)
    } else if (!isTrial(ledger, subscription, { invoice, line })) {
      stretches.push({
        ...{ start: line.period.start, end: line.period.end },
        ...{ price: priceOf(line), quantity: line.quantity },
        ...{ invoice, standing },
      })
    }
  }
  return stretches
}

export interface BilledLine {
  readonly invoice: Invoice
  readonly line: InvoiceLineItem
  readonly standing: Standing
}

/** Lines for an item, by the order of their invoices; credits of an invoice before its debits. */
export function billedLines(ledger: Ledger, item: string, policy: Policy): BilledLine[] {
  return ledger
    .linesOfItem(item)
    .flatMap((line): BilledLine[] => {
      const invoice = ledger.page.get('invoice', line.invoice)
      return invoice === undefined
        ? []
        : [{ invoice, line, standing: standingOf(ledger, invoice, policy) }]
    })
    .sort(
      (a, b) =>
        ledger.rank(a.invoice.id) - ledger.rank(b.invoice.id) ||
        Number(a.line.amount >= 0) - Number(b.line.amount >= 0) ||
        a.line.period.start - b.line.period.start,
    )
}

/** A credit ends what earlier bills paid for at its price. */
function giveBack(stretches: Stretch[], by: Invoice, credit: InvoiceLineItem): void {
  for (const [at, stretch] of stretches.entries()) {
    const isMeant =
      stretch.price === priceOf(credit) &&
      stretch.invoice?.id !== by.id &&
      stretch.start <= credit.period.start &&
      stretch.end > credit.period.start
    if (isMeant) stretches[at] = { ...stretch, end: credit.period.start }
  }
}

/** A line of nothing whose time is a trial's is not money (stripe-facts row 9). */
export function isTrial(
  ledger: Ledger,
  subscription: Subscription,
  { invoice, line: { amount, period } }: Pick<BilledLine, 'invoice' | 'line'>,
): boolean {
  if (amount !== 0) return false
  const versions = ledger.versions('subscription', subscription.id)
  return versions
    .filter(({ at }, order) => order === 0 || at <= invoice.created)
    .some(
      ({ value: { trial_start: start, trial_end: end } }) =>
        start !== null && end !== null && period.start >= start && period.end <= end,
    )
}

export function priceOf({ pricing }: InvoiceLineItem): string | null {
  return pricing?.price_details?.price ?? null
}
