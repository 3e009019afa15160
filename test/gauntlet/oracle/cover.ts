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
  // Until when a bill gives back time that nobody had paid, by the bill.
  const hollow = new Map<string, number>()
  const lines = billedLines(ledger, item, policy)
  for (const entry of lines) {
    const { invoice, line } = entry
    if (line.amount < 0) {
      if (ownCharge(entry, lines) !== undefined) continue
      const base = creditedBy(entry, stretches)
      if (base.length > 0 && !base.some(wasPaid)) {
        hollow.set(invoice.id, Math.max(...base.map(({ end }) => end)))
      }
      // Given back only once the bill that says so is settled: until then the old time is paid for.
      if (entry.standing === 'stands') giveBack(stretches, entry, new Set(base.filter(wasPaid)))
    } else if (!isTrial(ledger, subscription, entry) && !isRounding(ledger, line)) {
      // Credits of time never paid pay for no other within it.
      const isHollow = line.period.end <= (hollow.get(invoice.id) ?? 0)
      stretches.push({
        ...{ start: line.period.start, end: endOf(entry, lines) },
        ...{ price: priceOf(line), quantity: line.quantity, invoice },
        standing: isHollow && entry.standing !== 'taken' ? 'none' : entry.standing,
      })
    }
  }
  return stretches
}

export function isPaid({ standing }: Stretch): boolean {
  return standing === 'stands' || standing === 'forgiven'
}

/** Also what was taken back since: money that came later, and is undisputed, stands by itself (R20). */
function wasPaid({ standing }: Stretch): boolean {
  return standing !== 'none'
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

/** A credit ends what earlier bills paid for. */
function giveBack(stretches: Stretch[], { line }: BilledLine, ended: ReadonlySet<Stretch>): void {
  for (const [at, stretch] of stretches.entries()) {
    if (ended.has(stretch)) stretches[at] = { ...stretch, end: line.period.start }
  }
}

/** What a bill of several changes first charges and then gives back itself, also of one second. */
function ownCharge(credit: BilledLine, lines: readonly BilledLine[]): BilledLine | undefined {
  const { amount, period, quantity } = credit.line
  return lines.find(
    ({ invoice, line }) =>
      invoice.id === credit.invoice.id &&
      line.amount > 0 &&
      priceOf(line) === priceOf(credit.line) &&
      (line.period.start < period.start ||
        (line.period.start === period.start &&
          line.amount === -amount &&
          line.quantity === quantity)) &&
      line.period.end > period.start,
  )
}

function endOf(charge: BilledLine, lines: readonly BilledLine[]): number {
  const back = lines.filter(
    (credit) => credit.line.amount < 0 && ownCharge(credit, lines) === charge,
  )
  return Math.min(charge.line.period.end, ...back.map(({ line }) => line.period.start))
}

/**
 * What a credit gives back: what was billed at its price for as many, or at its price; where nothing
 * was, since it was changed without a bill, at any.
 */
function creditedBy(credit: BilledLine, stretches: readonly Stretch[]): readonly Stretch[] {
  const meant = stretches.filter((stretch) => isCredited(stretch, credit))
  const ofPrice = meant.filter(({ price }) => price === priceOf(credit.line))
  const asMany = ofPrice.filter(({ quantity }) => quantity === credit.line.quantity)
  return [asMany, ofPrice].find(({ length }) => length > 0) ?? meant
}

/** Whether an earlier bill is for time that a credit gives back. */
function isCredited({ start, end, invoice }: Stretch, credit: BilledLine): boolean {
  const from = credit.line.period.start
  return invoice?.id !== credit.invoice.id && start <= from && end > from
}

function isProration({ parent }: InvoiceLineItem): boolean {
  return parent?.subscription_item_details?.proration === true
}

/** A moment of what costs something, given or given back, comes to nothing: neither money nor a debt. */
function isRounding(ledger: Ledger, line: InvoiceLineItem): boolean {
  const isFree = ledger.price(priceOf(line))?.unit_amount === 0 || line.quantity === 0
  return line.amount === 0 && isProration(line) && !isFree
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
