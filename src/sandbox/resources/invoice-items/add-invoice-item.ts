import { inParameter } from '../../protocol/find.ts'
import { mergeMetadata } from '../../protocol/parameters.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { InvoiceItem } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { draftOf, insertLine } from '../invoices/edit-lines.ts'
import { redeemDiscounts, taxRatesFrom } from '../invoices/invoice-settings.ts'
import { refreshDraft } from '../invoices/refresh-draft.ts'
import { createPrice } from '../prices/create-price.ts'
import { createInvoiceItem } from './create-invoice-item.ts'

export interface ItemParameters {
  readonly amount?: number | undefined
  readonly description?: string | null | undefined
  readonly discountable?: boolean | undefined
  readonly discounts?: Parameters<typeof redeemDiscounts>[1] | null | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly period?: { readonly start: number; readonly end: number } | undefined
  readonly price_data?:
    | {
        readonly currency: string
        readonly product: string
        readonly tax_behavior?: 'exclusive' | 'inclusive' | 'unspecified' | undefined
        readonly unit_amount?: number | undefined
        readonly unit_amount_decimal?: string | undefined
      }
    | undefined
  readonly pricing?: { readonly price?: string | undefined } | undefined
  readonly quantity?: number | undefined
  readonly tax_rates?: readonly string[] | null | undefined
  readonly unit_amount_decimal?: string | undefined
}

export interface ItemCreation extends ItemParameters {
  readonly currency?: string | undefined
  readonly customer?: string | undefined
  /** The draft to put it on at once. */
  readonly invoice?: string | undefined
  readonly subscription?: string | undefined
}

/**
 * Makes an invoice item as the API does, on the draft it names, if any.
 * @throws {StripeError} for what Stripe refuses; nothing has been made by then.
 */
export function addInvoiceItem(world: World, input: ItemCreation): InvoiceItem {
  const invoice =
    input.invoice === undefined
      ? undefined
      : draftOf(world, inParameter(world, 'invoice', input.invoice, 'invoice').id)
  const customerId = input.customer ?? invoice?.customer ?? undefined
  if (customerId === undefined) {
    throw invalidRequest('Missing required param: customer.', {
      code: 'parameter_missing',
      param: 'customer',
    })
  }
  const customer = inParameter(world, 'customer', customerId, 'customer')
  if (invoice !== undefined && invoice.customer !== customer.id) {
    throw invalidRequest('The invoice belongs to another customer.', { param: 'invoice' })
  }
  const subscription =
    input.subscription === undefined
      ? undefined
      : inParameter(world, 'subscription', input.subscription, 'subscription')
  const price = priceOf(world, input)
  const currency =
    input.currency ??
    price?.currency ??
    input.price_data?.currency ??
    invoice?.currency ??
    customer.currency
  if (currency === null || currency === undefined) {
    throw invalidRequest('Missing required param: currency.', {
      code: 'parameter_missing',
      param: 'currency',
    })
  }
  refuseAmounts(input)
  const rates = taxRatesFrom(world, input.tax_rates ?? [], 'tax_rates')
  const discounts = redeemDiscounts(world, input.discounts ?? [], {
    customer: customer.id,
    invoice_item: '',
  })
  const item = createInvoiceItem(world, {
    customer: customer.id,
    currency,
    description: input.description ?? null,
    ...(input.amount === undefined ? {} : { amount: input.amount }),
    price:
      price?.id ??
      (input.price_data === undefined ? null : createPrice(world, input.price_data).id),
    unitAmountDecimal: input.unit_amount_decimal ?? null,
    quantity: input.quantity ?? 1,
    ...(input.period === undefined ? {} : { period: input.period }),
    subscription: subscription?.id ?? null,
    discountable: input.discountable ?? true,
    discounts: discounts.map((discount) => discount.id),
    taxRates: rates.map((rate) => rate.id),
    metadata: mergeMetadata({}, input.metadata),
    invoice: invoice?.id ?? null,
  })
  for (const discount of discounts) {
    if (discount.invoice_item === '') {
      world.patch('discount', discount.id, { invoice_item: item.id })
    }
  }
  if (invoice !== undefined) {
    insertLine(world, invoice, item.id)
    refreshDraft(world, invoice.id)
  }
  return item
}

function priceOf(world: World, input: ItemCreation) {
  const id = input.pricing?.price
  if (id === undefined) return undefined
  const price = inParameter(world, 'price', id, 'pricing[price]')
  if (price.type === 'recurring') {
    throw invalidRequest(
      `The price specified is set to \`type=recurring\` but this field only accepts prices with \`type=one_time\`.`,
      { param: 'pricing[price]' },
    )
  }
  if (!price.active) {
    throw invalidRequest(
      'The price specified is inactive. This field only accepts active prices.',
      {
        param: 'pricing[price]',
      },
    )
  }
  return price
}

function refuseAmounts(input: ItemCreation): void {
  const ways = (['amount', 'pricing', 'price_data', 'unit_amount_decimal'] as const).filter(
    (way) => input[way] !== undefined,
  )
  if (ways.length === 0) {
    throw invalidRequest(
      'You must specify one of these parameters: amount, pricing, price_data, unit_amount_decimal.',
      { code: 'parameter_missing', param: 'amount' },
    )
  }
  if (ways.length > 1) {
    throw invalidRequest(`You may only specify one of these parameters: ${ways.join(', ')}.`, {
      param: ways[1] ?? 'amount',
    })
  }
  if (input.amount !== undefined && input.quantity !== undefined) {
    throw invalidRequest('You may only specify one of these parameters: amount, quantity.', {
      param: 'quantity',
    })
  }
}
