import { inParameter } from '../../protocol/find.ts'
import type { Discount, Invoice, InvoiceLineItem, TaxRate } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { AppliedCredit } from '../billing-credits/apply-credits.ts'
import { dueOf } from './due-of.ts'
import { addresseeOf, automaticTax, balanceFor, embeddedLines } from './invoice-parts.ts'
import { totalsOf } from './totals.ts'

/** The lines of an invoice as they are listed. */
export function linesOf(world: World, invoice: string): readonly InvoiceLineItem[] {
  return world.where('line_item', 'invoice', invoice)
}

/** Fields of a draft as its lines, discounts and customer now make it; lines are brought up to date. */
export function recomputed(
  world: World,
  invoice: Invoice,
  change: {
    readonly discounts?: readonly Discount[] | undefined
    readonly defaultTaxRates?: readonly TaxRate[] | undefined
    readonly currency?: string | undefined
    readonly credits?: readonly AppliedCredit[] | undefined
  } = {},
): Partial<Invoice> {
  const customer = inParameter(world, 'customer', invoice.customer ?? '', 'customer')
  const discounts = change.discounts ?? world.must('~invoice_collection', invoice.id).discounts
  const defaultTaxRates = change.defaultTaxRates ?? invoice.default_tax_rates
  const { lines, totals } = totalsOf(world, {
    lines: linesOf(world, invoice.id).map((line) => ({
      line,
      taxRates: world.get('~invoice_line', line.id)?.tax_rates ?? null,
    })),
    discounts,
    defaultTaxRates,
    customer,
    credits: change.credits,
  })
  for (const { line } of lines) world.insert('line_item', line)
  if (change.discounts !== undefined) {
    world.patch('~invoice_collection', invoice.id, { discounts: change.discounts })
  }
  const balance = balanceFor(customer, invoice.currency)
  const { due } = dueOf(totals.total, balance, invoice.currency)
  return {
    ...addresseeOf(customer),
    ...totals,
    amount_due: due,
    amount_remaining: due,
    automatic_tax: automaticTax(invoice.automatic_tax.enabled, customer),
    default_tax_rates: defaultTaxRates,
    discounts: discounts.map((discount) => discount.id),
    lines: embeddedLines(
      invoice.id,
      lines.map(({ line }) => line),
    ),
    starting_balance: balance,
  }
}

/** Brings a draft up to date and emits `invoice.updated` where that changes anything. */
export function refreshDraft(
  world: World,
  id: string,
  change: Parameters<typeof recomputed>[2] = {},
  more: Partial<Invoice> = {},
): Invoice {
  const fields = { ...recomputed(world, world.must('invoice', id), change), ...more }
  return world.change('invoice', id, fields, 'invoice.updated')
}
