import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Books } from '../books.ts'
import { DAY } from './bills.ts'
import { Ledger } from './ledger.ts'
import { TermsOfSale } from './terms-of-sale.ts'

const HOUR = 3_600

/** Every second up to `until` at which what is due may change; some at which it does not. */
export function turningPoints(books: Books, catalog: CatalogDefinition, until: number): number[] {
  const ledger = new Ledger(books, Infinity)
  const sale = new TermsOfSale(books, catalog, Infinity)
  const policies = [undefined, ...Object.keys(catalog.products)].map((name) => sale.policyOf(name))
  const spans = (of: (policy: (typeof policies)[number]) => number) => [
    ...new Set([0, ...policies.map(of)]),
  ]
  const windows = spans(({ renewalWindowHours: hours }) => hours * HOUR)
  const debits = spans(({ processingDays: days }) => days * DAY)
  const graces = spans(({ pastDueGraceDays: days }) => days * DAY)
  const seconds = new Set(books.moments())
  const add = (at: number | null | undefined, after: readonly number[] = [0]) => {
    if (at !== null && at !== undefined) for (const span of after) seconds.add(at + span)
  }
  const patience = [...windows, ...debits]
  for (const { period } of ledger.page.all('line_item')) {
    add(period.start, patience)
    add(period.end, patience)
  }
  for (const { id } of ledger.page.all('subscription')) {
    for (const { value } of ledger.versions('subscription', id)) {
      add(value.cancel_at)
      add(value.trial_end, [...patience, HOUR])
      for (const item of value.items.data) add(item.current_period_end, patience)
    }
  }
  for (const { id } of ledger.invoices) {
    for (const { value } of ledger.versions('invoice', id)) {
      add(value.created, debits)
      add(value.due_date, graces)
      add(value.status_transitions.finalized_at, graces)
    }
  }
  addPasses(ledger, sale, add)
  for (const { created } of ledger.page.all('payment_intent')) add(created, debits)
  return [...seconds].filter((second) => second <= until).sort((a, b) => a - b)
}

/** A pass may begin where another ends, and that where a third does. */
function addPasses(
  ledger: Ledger,
  sale: TermsOfSale,
  add: (at: number, after: readonly number[]) => void,
): void {
  const paid = new Set([
    ...ledger.page
      .all('payment_intent')
      .flatMap(({ id }) => ledger.versions('payment_intent', id))
      .flatMap(({ at, value }) => (value.status === 'succeeded' ? [at] : [])),
    ...ledger.page
      .all('checkout.session')
      .flatMap(({ id }) => ledger.versions('checkout.session', id))
      .flatMap(({ at, value }) => (value.mode === 'payment' ? [at] : [])),
    ...ledger.invoices.flatMap((invoice) =>
      ledger.lines(invoice.id).some((line) => !line.parent?.subscription_item_details)
        ? [invoice.status_transitions.paid_at ?? invoice.created]
        : [],
    ),
  ])
  for (const { duration } of Object.values(sale.catalog.products)) {
    if (duration === undefined) continue
    const spans = [...paid].map((_, at) => (at + 1) * duration.days * DAY)
    for (const at of paid) add(at, spans)
  }
}
