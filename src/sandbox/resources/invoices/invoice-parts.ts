import type { Customer, Invoice, InvoiceLineItem } from '../../tables.ts'

/** The first page of lines, as an invoice embeds it. */
export function embeddedLines(id: string, lines: readonly InvoiceLineItem[]): Invoice['lines'] {
  return {
    object: 'list',
    data: lines.slice(0, 10),
    has_more: lines.length > 10,
    url: `/v1/invoices/${id}/lines`,
  }
}

type Addressee = Pick<
  Invoice,
  | 'customer_address'
  | 'customer_email'
  | 'customer_name'
  | 'customer_phone'
  | 'customer_shipping'
  | 'customer_tax_exempt'
  | 'customer_tax_ids'
>

/** What an invoice shows of its customer; it follows the customer until finalisation. */
export function addresseeOf(customer: Customer): Addressee {
  return {
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: customer.shipping,
    customer_tax_exempt: customer.tax_exempt ?? 'none',
    customer_tax_ids: [],
  }
}

/** The balance that counts for an invoice: none in another currency. */
export function balanceFor(customer: Customer, currency: string): number {
  const own = customer.currency ?? null
  return own === null || own === currency ? customer.balance : 0
}

export function automaticTax(enabled: boolean, customer: Customer): Invoice['automatic_tax'] {
  const isKnown = (customer.address?.country ?? null) !== null
  return {
    disabled_reason: null,
    enabled,
    liability: enabled ? { type: 'self' } : null,
    provider: enabled ? 'stripe' : null,
    status: enabled ? (isKnown ? 'complete' : 'requires_location_inputs') : null,
  }
}
