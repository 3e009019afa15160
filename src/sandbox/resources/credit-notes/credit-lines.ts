import { invalidRequest, missing } from '../../protocol/stripe-error.ts'
import type { CreditNote, Invoice, InvoiceLineItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { taxRatesFrom } from '../invoices/invoice-settings.ts'
import { taxesOn } from '../invoices/taxes-on.ts'
import type { CreditLineInput, CreditNoteInput } from './credit-note-input.ts'

export type CreditLine = CreditNote['lines']['data'][number]

/** The lines a credit note is to have; with only an `amount`, one for all of it. */
export function creditLines(
  world: World,
  invoice: Invoice,
  input: CreditNoteInput,
): readonly CreditLine[] {
  if (input.lines !== undefined) {
    return input.lines.map((line, at) =>
      line.type === 'invoice_line_item'
        ? ofInvoiceLine(world, invoice, line, `lines[${String(at)}]`)
        : custom(world, invoice, line, `lines[${String(at)}]`),
    )
  }
  if (input.amount === undefined) {
    throw invalidRequest('You must specify one of these parameters: amount, lines.', {
      code: 'parameter_missing',
      param: 'amount',
    })
  }
  return [blank(world, { type: 'custom_line_item', amount: input.amount, quantity: 1 })]
}

/** What a line comes to with its taxes on top. */
export function lineTotal(line: CreditLine): number {
  const exclusive = (line.taxes ?? []).filter((tax) => tax.tax_behavior === 'exclusive')
  return (
    line.amount - line.discount_amount + exclusive.reduce((total, tax) => total + tax.amount, 0)
  )
}

function custom(world: World, invoice: Invoice, input: CreditLineInput, param: string): CreditLine {
  const unit = input.unit_amount_decimal ?? input.unit_amount
  if (unit === undefined || input.quantity === undefined || input.description === undefined) {
    throw invalidRequest(
      'A `custom_line_item` needs a `description`, a `quantity` and a `unit_amount`.',
      { code: 'parameter_missing', param },
    )
  }
  const amount = Math.round(Number(unit) * input.quantity)
  const rates = taxRatesFrom(world, input.tax_rates ?? [], `${param}[tax_rates]`)
  return {
    ...blank(world, { type: 'custom_line_item', amount, quantity: input.quantity }),
    description: input.description,
    metadata: input.metadata ?? {},
    tax_rates: rates,
    taxes: taxesOn(amount, rates, invoice.customer_tax_exempt ?? 'none'),
    unit_amount: Number.isInteger(Number(unit)) ? Number(unit) : null,
    unit_amount_decimal: String(unit),
  }
}

/** Part of an invoice line, with the same part of its discounts and taxes. */
function ofInvoiceLine(
  world: World,
  invoice: Invoice,
  input: CreditLineInput,
  param: string,
): CreditLine {
  const id = input.invoice_line_item ?? ''
  const line = world.get('line_item', id)
  if (line?.invoice !== invoice.id) {
    throw missing('invoice line item', id, `${param}[invoice_line_item]`, 400)
  }
  const amount = amountOf(line, input, param)
  const part = (value: number): number =>
    line.amount === 0 ? 0 : Math.round((value * amount) / line.amount)
  const discounts = (line.discount_amounts ?? []).map((share) => ({
    amount: part(share.amount),
    discount: share.discount,
  }))
  const taxes = (line.taxes ?? []).map((tax) => ({
    ...tax,
    amount: part(tax.amount),
    taxable_amount: tax.taxable_amount === null ? null : part(tax.taxable_amount),
  }))
  return {
    ...blank(world, { type: 'invoice_line_item', amount, quantity: input.quantity ?? null }),
    description: input.description ?? line.description,
    discount_amount: discounts.reduce((total, share) => total + share.amount, 0),
    discount_amounts: discounts,
    invoice_line_item: line.id,
    metadata: input.metadata ?? {},
    pretax_credit_amounts: discounts.map((share) => ({ ...share, type: 'discount' })),
    tax_rates: taxes.flatMap((tax) => world.get('tax_rate', tax.tax_rate_details?.tax_rate) ?? []),
    taxes,
    unit_amount_decimal: line.pricing?.unit_amount_decimal ?? null,
  }
}

function amountOf(line: InvoiceLineItem, input: CreditLineInput, param: string): number {
  if (input.quantity === undefined) {
    const amount = input.amount ?? line.amount
    if (amount <= line.amount) return amount
    throw invalidRequest('The amount credited is more than the amount of the invoice line.', {
      param: `${param}[amount]`,
    })
  }
  const quantity = line.quantity ?? 1
  if (input.quantity > quantity) {
    throw invalidRequest('The quantity credited is more than the quantity of the invoice line.', {
      param: `${param}[quantity]`,
    })
  }
  return Math.round((line.amount * input.quantity) / quantity)
}

function blank(world: World, given: Pick<CreditLine, 'type' | 'amount' | 'quantity'>): CreditLine {
  return {
    id: world.id('cnli'),
    object: 'credit_note_line_item',
    description: null,
    discount_amount: 0,
    discount_amounts: [],
    livemode: false,
    metadata: {},
    pretax_credit_amounts: [],
    tax_rates: [],
    taxes: [],
    unit_amount: null,
    unit_amount_decimal: null,
    ...given,
  }
}
