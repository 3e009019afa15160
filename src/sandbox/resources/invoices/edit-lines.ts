import { inParameter } from '../../protocol/find.ts'
import { mergeMetadata } from '../../protocol/parameters.ts'
import { invalidRequest, missing } from '../../protocol/stripe-error.ts'
import type { Invoice, InvoiceLineItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createInvoiceItem } from '../invoice-items/create-invoice-item.ts'
import { lineOfItem } from '../invoice-items/pending-items.ts'
import { createPrice } from '../prices/create-price.ts'
import { redeemDiscounts, taxRatesFrom } from './invoice-settings.ts'
import { makeLine } from './make-line.ts'

export interface LineInput {
  readonly amount?: number | undefined
  readonly description?: string | undefined
  readonly discountable?: boolean | undefined
  readonly discounts?: Parameters<typeof redeemDiscounts>[1] | null | undefined
  /** A pending invoice item to take in as it is. */
  readonly invoice_item?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly period?: { readonly start: number; readonly end: number } | undefined
  readonly price_data?:
    | {
        readonly currency: string
        readonly product: string
        readonly unit_amount?: number | undefined
        readonly unit_amount_decimal?: string | undefined
        readonly tax_behavior?: 'exclusive' | 'inclusive' | 'unspecified' | undefined
      }
    | undefined
  readonly pricing?: { readonly price?: string | undefined } | undefined
  readonly quantity?: number | undefined
  readonly tax_rates?: readonly string[] | null | undefined
}

/** Adds lines to a draft, each with an invoice item behind it. The caller refreshes the draft. */
export function addLines(world: World, id: string, inputs: readonly LineInput[]): void {
  const invoice = draftOf(world, id)
  const customer = invoice.customer ?? ''
  for (const [at, input] of inputs.entries()) {
    if (input.invoice_item !== undefined) {
      takeIn(world, invoice, input.invoice_item, `lines[${String(at)}][invoice_item]`)
      continue
    }
    const discounts = redeemDiscounts(world, input.discounts ?? [], { customer })
    const item = createInvoiceItem(world, {
      customer,
      currency: invoice.currency,
      description: input.description ?? null,
      ...(input.amount === undefined ? {} : { amount: input.amount }),
      price: priceFor(world, input, `lines[${String(at)}]`),
      quantity: input.quantity ?? 1,
      ...(input.period === undefined ? {} : { period: input.period }),
      discountable: input.discountable ?? true,
      discounts: discounts.map((discount) => discount.id),
      taxRates: input.tax_rates ?? [],
      metadata: mergeMetadata({}, input.metadata),
      invoice: id,
    })
    insertLine(world, invoice, item.id)
  }
}

/** Puts the line of an invoice item on a draft. */
export function insertLine(world: World, invoice: Invoice, item: string): void {
  const { line, taxRates } = makeLine(world, {
    invoice: invoice.id,
    currency: invoice.currency,
    line: lineOfItem(world, world.must('invoiceitem', item)),
  })
  world.insert('line_item', line)
  world.insert('~invoice_line', { id: line.id, tax_rates: taxRates })
}

/** Changes one line of a draft. The caller refreshes the draft. */
export function changeLine(world: World, id: string, lineId: string, input: LineInput): void {
  const invoice = draftOf(world, id)
  const line = world.get('line_item', lineId)
  if (line?.invoice !== id) throw missing('invoice line item', lineId, 'lines', 400)
  const quantity = input.quantity ?? line.quantity ?? 1
  const price = priceFor(world, input, 'lines')
  const isRepriced = price !== null || input.quantity !== undefined || input.amount !== undefined
  const source = price ?? line.pricing?.price_details?.price ?? null
  const unit = Number(line.pricing?.unit_amount_decimal ?? line.amount)
  const made = makeLine(world, {
    invoice: id,
    currency: invoice.currency,
    line: {
      description: input.description ?? line.description,
      ...(input.amount !== undefined
        ? { amount: input.amount }
        : source === null
          ? { amount: Math.round(unit * quantity) }
          : {}),
      price: source,
      quantity,
      period: input.period ?? line.period,
    },
  }).line
  const fields: Partial<InvoiceLineItem> = {
    description: made.description,
    discountable: input.discountable ?? line.discountable,
    metadata: mergeMetadata(line.metadata, input.metadata),
    period: made.period,
    ...(isRepriced
      ? {
          amount: made.amount,
          pricing: made.pricing,
          quantity: made.quantity,
          quantity_decimal: made.quantity_decimal,
          subtotal: made.subtotal,
        }
      : {}),
    ...(input.discounts === undefined
      ? {}
      : {
          discounts: redeemDiscounts(world, input.discounts ?? [], {
            customer: invoice.customer ?? '',
          }).map((discount) => discount.id),
        }),
  }
  world.patch('line_item', lineId, fields)
  if (input.tax_rates !== undefined) {
    const rates = taxRatesFrom(world, input.tax_rates ?? [], 'tax_rates')
    world.patch('~invoice_line', lineId, {
      tax_rates: rates.length === 0 ? null : rates.map((rate) => rate.id),
    })
  }
}

/** Takes lines off a draft; their invoice items go with them, or wait again. */
export function removeLines(
  world: World,
  id: string,
  lines: readonly { readonly behavior: 'delete' | 'unassign'; readonly id: string }[],
): void {
  draftOf(world, id)
  for (const { id: lineId } of lines) {
    if (world.get('line_item', lineId)?.invoice !== id) {
      throw missing('invoice line item', lineId, 'lines', 400)
    }
  }
  for (const { id: lineId, behavior } of lines) {
    const item = itemOf(world.must('line_item', lineId))
    world.remove('line_item', lineId)
    world.remove('~invoice_line', lineId)
    if (item === null || world.get('invoiceitem', item) === undefined) continue
    if (behavior === 'unassign') world.patch('invoiceitem', item, { invoice: null })
    else {
      world.emit('invoiceitem.deleted', world.must('invoiceitem', item))
      world.remove('invoiceitem', item)
    }
  }
}

/** The invoice item behind a line, or null. */
export function itemOf(line: InvoiceLineItem): string | null {
  return (
    line.parent?.invoice_item_details?.invoice_item ??
    line.parent?.subscription_item_details?.invoice_item ??
    null
  )
}

/** @throws {StripeError} `invoice_not_editable` where it is no draft. */
export function draftOf(world: World, id: string): Invoice {
  const invoice = world.must('invoice', id)
  if (invoice.status === 'draft') return invoice
  throw invalidRequest('You can only edit the lines of a draft invoice.', {
    code: 'invoice_not_editable',
  })
}

function takeIn(world: World, invoice: Invoice, itemId: string, param: string): void {
  const item = inParameter(world, 'invoiceitem', itemId, param, 'invoiceitem')
  if (item.customer !== invoice.customer || item.invoice !== null) {
    throw invalidRequest(`The invoice item ${itemId} is not one that waits for this customer.`, {
      param,
    })
  }
  world.patch('invoiceitem', item.id, { invoice: invoice.id })
  insertLine(world, invoice, item.id)
}

function priceFor(world: World, input: LineInput, param: string): string | null {
  if (input.pricing?.price !== undefined) {
    return inParameter(world, 'price', input.pricing.price, `${param}[pricing][price]`).id
  }
  return input.price_data === undefined ? null : createPrice(world, input.price_data).id
}
