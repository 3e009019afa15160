import type {
  Charge,
  Dispute,
  Invoice,
  InvoiceLineItem,
  InvoicePayment,
  PaymentIntent,
  Price,
  Refund,
  Subscription,
  SubscriptionItem,
  Tables,
} from '../../../src/sandbox/tables.ts'
import type { BookName, Books, Page } from '../books.ts'
import { groupsOf } from './groups-of.ts'

export interface Version<Name extends BookName> {
  readonly at: number
  readonly value: Tables[Name]
}

/** The books opened at one second, with the ways from one entry to another. */
export class Ledger {
  readonly books: Books
  readonly page: Page
  readonly second: number
  readonly #memo = new Map<string, unknown>()

  constructor(books: Books, second: number) {
    this.books = books
    this.second = second
    this.page = books.page(second)
  }

  /** Every version of an object up to this page, oldest first; also of one that was removed. */
  versions<Name extends BookName>(name: Name, id: string): readonly Version<Name>[] {
    return this.#once(`${name} ${id}`, () => this.books.history(name, id, this.second))
  }

  /** The second it is for whoever lives on this test clock, or on none. */
  now(clock: string | null | undefined): number {
    if (clock === null || clock === undefined) return this.second
    // A clock is entered at the sandbox's own time, which may be ahead of the clock's or behind it.
    const frozen = this.books.history('test_helpers.test_clock', clock).at(-1)?.value.frozen_time
    return Math.min(this.second, frozen ?? this.second)
  }

  price(id: string | null | undefined): Price | undefined {
    return id === null || id === undefined ? undefined : this.versions('price', id).at(-1)?.value
  }

  /** In order of making. */
  get invoices(): readonly Invoice[] {
    return this.#once('invoices', () => this.page.all('invoice'))
  }

  invoicesOf(subscription: string): readonly Invoice[] {
    return this.invoices.filter(
      ({ parent }) => parent?.subscription_details?.subscription === subscription,
    )
  }

  /** Where an invoice stands in the order of making. */
  rank(invoice: string | null): number {
    const ranks = this.#once('ranks', () => new Map(this.invoices.map(({ id }, at) => [id, at])))
    return invoice === null ? -1 : (ranks.get(invoice) ?? -1)
  }

  lines(invoice: string): readonly InvoiceLineItem[] {
    return this.#lines('by invoice', (line) => line.invoice).get(invoice) ?? []
  }

  /** Lines of any invoice that are for this subscription item. */
  linesOfItem(item: string): readonly InvoiceLineItem[] {
    return this.#lines('by item', itemOf).get(item) ?? []
  }

  /** Every subscription item that lines are for, also those that are gone. */
  itemsBilled(subscription: string): readonly string[] {
    const lines = this.#lines('by subscription', subscriptionOf).get(subscription) ?? []
    return [...new Set(lines.flatMap((line) => itemOf(line) ?? []))]
  }

  items(subscription: Subscription): readonly SubscriptionItem[] {
    const { data, has_more: isCut } = subscription.items
    if (!isCut) return data
    const rows = this.#once('items', () =>
      groupsOf(this.page.all('subscription_item'), (item) => item.subscription),
    )
    return rows.get(subscription.id) ?? data
  }

  /** When an item came into a subscription. */
  firstSight(subscription: Subscription, item: string): number {
    const first = this.versions('subscription', subscription.id).find(({ value }) =>
      value.items.data.some(({ id }) => id === item),
    )
    return first?.at ?? subscription.created
  }

  paymentsOf(invoice: string): readonly InvoicePayment[] {
    const payments = this.#once('payments', () =>
      groupsOf(this.page.all('invoice_payment'), (payment) => payment.invoice),
    )
    return payments.get(invoice) ?? []
  }

  /** The intents by which an invoice was, is or was to be paid. */
  intentsOf(invoice: string): readonly PaymentIntent[] {
    return this.paymentsOf(invoice).flatMap(
      ({ payment }) => this.page.get('payment_intent', payment.payment_intent) ?? [],
    )
  }

  /** Those that brought money. */
  chargesOf(intent: string): readonly Charge[] {
    const charges = this.#once('charges', () =>
      groupsOf(this.page.all('charge'), (charge) => charge.payment_intent),
    )
    return (charges.get(intent) ?? []).filter(({ status }) => status === 'succeeded')
  }

  disputesOf(charge: string): readonly Dispute[] {
    const disputes = this.#once('disputes', () =>
      groupsOf(this.page.all('dispute'), (dispute) => dispute.charge),
    )
    return disputes.get(charge) ?? []
  }

  refundsOf(charge: string): readonly Refund[] {
    const refunds = this.#once('refunds', () =>
      groupsOf(this.page.all('refund'), (refund) => refund.charge),
    )
    return refunds.get(charge) ?? []
  }

  #lines(how: string, key: (line: InvoiceLineItem) => string | null | undefined) {
    return this.#once(`lines ${how}`, () => groupsOf(this.page.all('line_item'), key))
  }

  #once<Value>(key: string, make: () => Value): Value {
    if (!this.#memo.has(key)) this.#memo.set(key, make())
    return this.#memo.get(key) as Value
  }
}

function itemOf(line: InvoiceLineItem): string | null | undefined {
  return line.parent?.subscription_item_details?.subscription_item
}

function subscriptionOf(line: InvoiceLineItem): string | null | undefined {
  return line.parent?.subscription_item_details?.subscription
}
