import { mergeMetadata } from '../../protocol/parameters.ts'
import type { InvoiceItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeLine } from '../invoices/edit-lines.ts'
import { redeemDiscounts, taxRatesFrom } from '../invoices/invoice-settings.ts'
import { makeLine } from '../invoices/make-line.ts'
import { refreshDraft } from '../invoices/refresh-draft.ts'
import type { ItemParameters } from './add-invoice-item.ts'
import { editableInvoiceOf, lineOn } from './remove-invoice-item.ts'

/**
 * Changes an invoice item, and its line where it stands on a draft. There is no event for it since
 * 2024-04-10 (stripe-facts §2.2).
 * @throws {StripeError} where it is part of an invoice that is final.
 */
export function updateInvoiceItem(world: World, id: string, update: ItemParameters): InvoiceItem {
  const before = world.must('invoiceitem', id)
  const invoice = editableInvoiceOf(world, before)
  const rates =
    update.tax_rates === undefined
      ? undefined
      : taxRatesFrom(world, update.tax_rates ?? [], 'tax_rates')
  const discounts =
    update.discounts === undefined
      ? undefined
      : redeemDiscounts(world, update.discounts ?? [], {
          customer: before.customer,
          invoice_item: id,
        }).map((discount) => discount.id)
  const quantity = update.quantity ?? before.quantity
  const price = update.pricing?.price ?? before.pricing?.price_details?.price ?? null
  const unit = update.unit_amount_decimal ?? before.pricing?.unit_amount_decimal ?? null
  const amount =
    update.amount ??
    (price === null && unit !== null ? Math.round(Number(unit) * quantity) : undefined)
  const { line } = makeLine(world, {
    invoice: '',
    currency: before.currency,
    line: {
      description: update.description ?? before.description,
      ...(amount === undefined ? {} : { amount }),
      price: update.amount === undefined ? price : null,
      quantity,
      period: update.period ?? before.period,
    },
  })
  const isRepriced =
    update.amount !== undefined ||
    update.pricing !== undefined ||
    update.quantity !== undefined ||
    update.unit_amount_decimal !== undefined
  const item = world.patch('invoiceitem', id, {
    description: update.description === undefined ? before.description : update.description,
    discountable: update.discountable ?? before.discountable,
    discounts: discounts ?? before.discounts,
    metadata: mergeMetadata(before.metadata ?? {}, update.metadata),
    period: line.period,
    tax_rates: rates ?? before.tax_rates,
    ...(isRepriced
      ? {
          amount: line.amount,
          net_amount: line.amount,
          pricing: line.pricing,
          quantity,
          quantity_decimal: String(quantity),
        }
      : {}),
  })
  const shown = lineOn(world, item)
  if (invoice !== undefined && shown !== undefined) {
    changeLine(world, invoice.id, shown.id, {
      ...update,
      // The line shares the item's own discounts: they are redeemed once.
      discounts: undefined,
      ...(isRepriced ? { amount: item.amount } : {}),
      description: update.description ?? undefined,
    })
    world.patch('line_item', shown.id, { discounts: item.discounts ?? [] })
    refreshDraft(world, invoice.id)
  }
  return item
}
