import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createInvoiceItem } from '../invoice-items/create-invoice-item.ts'
import { lineOfItem } from '../invoice-items/pending-items.ts'
import type { LineDraft } from '../invoices/line-draft.ts'
import { priceAmount } from '../prices/price-amount.ts'
import { refuseDiscounts, giveDiscounts } from './discounts.ts'
import { taxRates } from './make-item.ts'
import { chosenPrice, refuseOtherCurrency } from './prices-for.ts'
import type { AddInvoiceItemInput } from './subscription-input.ts'

/**
 * The items with their prices made and checked.
 * @throws {StripeError} 400 where one of them cannot be billed.
 */
export function checkedInvoiceItems(
  world: World,
  items: readonly AddInvoiceItemInput[] | undefined,
  currency: string,
): AddInvoiceItemInput[] {
  return (items ?? []).map((item, at) => {
    const param = `add_invoice_items[${String(at)}]`
    if (item.price_data !== undefined && item.price_data.currency !== currency) {
      throw invalidRequest(`The currency must be ${currency}, the subscription's.`, {
        param: `${param}[price_data][currency]`,
      })
    }
    refuseDiscounts(world, item.discounts, null)
    taxRates(world, item.tax_rates, `${param}[tax_rates]`)
    const price = chosenPrice(world, item, { type: 'one_time', param })
    refuseOtherCurrency(price, currency, `${param}[price]`)
    return { ...item, price: price.id, price_data: undefined }
  })
}

/**
 * One-time prices that wait for the subscription's next invoice (stripe-facts row 11), or are born in
 * the one whose id is given: its lines are the answer.
 */
export function addInvoiceItems(
  world: World,
  subscription: Subscription,
  items: readonly AddInvoiceItemInput[] | undefined,
  invoice: string | null = null,
): LineDraft[] {
  return (items ?? []).map((item, at) => {
    const param = `add_invoice_items[${String(at)}]`
    const price = chosenPrice(world, item, { type: 'one_time', param })
    const quantity = item.quantity ?? 1
    const made = createInvoiceItem(world, {
      customer: subscription.customer,
      currency: subscription.currency,
      amount: priceAmount(price, quantity, subscription.currency),
      price: price.id,
      quantity,
      period: periodOf(world, subscription, item),
      subscription: subscription.id,
      discountable: item.discountable ?? true,
      discounts: giveDiscounts(world, item.discounts, {
        customer: subscription.customer,
        subscription: subscription.id,
      }),
      taxRates: item.tax_rates ?? [],
      metadata: item.metadata ?? null,
      invoice,
    })
    return lineOfItem(world, made)
  })
}

function periodOf(
  world: World,
  { customer, items }: Subscription,
  { period }: AddInvoiceItemInput,
): { start: number; end: number } {
  const now = world.now(customer)
  const { data } = items
  const start =
    period?.start.type === 'timestamp'
      ? (period.start.timestamp ?? now)
      : period?.start.type === 'max_item_period_start'
        ? Math.max(...data.map((item) => item.current_period_start))
        : now
  const end =
    period === undefined
      ? start
      : period.end.type === 'timestamp'
        ? (period.end.timestamp ?? start)
        : Math.min(...data.map((item) => item.current_period_end))
  return { start, end: Math.max(start, end) }
}
