import type { Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { validCoupon } from '../coupons/discount-for.ts'
import { composeInvoice } from '../invoices/compose-invoice.ts'
import type { LineDraft } from '../invoices/line-draft.ts'
import { lineOfItem, pendingItemsFor } from '../invoice-items/pending-items.ts'
import { priceAmount } from '../prices/price-amount.ts'
import { draftOf } from './bill.ts'
import type { LineDiscountInput } from './discount-input.ts'
import { chosenPrice } from './prices-for.ts'
import type { AddInvoiceItemInput } from './subscription-input.ts'

/** What a bill of these lines would ask for now, in minor units, without making anything. */
export function dueFor(
  world: World,
  subscription: Subscription,
  input: {
    readonly discounts?: readonly LineDiscountInput[] | null | undefined
    readonly add_invoice_items?: readonly AddInvoiceItemInput[] | undefined
  },
  lines: readonly LineDraft[],
): number {
  const now = world.now(subscription.customer)
  const added = (input.add_invoice_items ?? []).map((item): LineDraft => {
    const price = chosenPrice(world, item, { type: 'one_time', param: 'add_invoice_items' })
    const quantity = item.quantity ?? 1
    return {
      price: price.id,
      quantity,
      amount: priceAmount(price, quantity, subscription.currency),
      period: { start: now, end: now },
    }
  })
  const pending = pendingItemsFor(
    world,
    subscription.customer,
    subscription.currency,
    subscription.id,
  ).map((item) => lineOfItem(world, item))
  const asked = assumedDiscounts(world, subscription, input.discounts)
  try {
    const draft = draftOf(
      world,
      asked.length === 0 ? subscription : { ...subscription, discounts: asked },
      {
        reason: 'subscription_create',
        lines,
        autoAdvance: false,
        periodStart: now,
        periodEnd: now,
      },
    )
    return composeInvoice(world, 'in_preview', draft, [...pending, ...added, ...lines]).invoice
      .amount_due
  } finally {
    for (const id of asked) world.remove('discount', id)
  }
}

/** Discounts that are given only while the sum is worked out: nobody hears of them. */
function assumedDiscounts(
  world: World,
  { customer, id }: Subscription,
  inputs: readonly LineDiscountInput[] | null | undefined,
): string[] {
  return (inputs ?? []).map((input, at) => {
    const { coupon, promotionCode } = validCoupon(world, { ...input, customer })
    return world.insert('discount', {
      id: `di_assumed${String(at)}`,
      object: 'discount',
      checkout_session: null,
      customer,
      customer_account: null,
      end: null,
      invoice: null,
      invoice_item: null,
      promotion_code: promotionCode,
      source: { coupon, type: 'coupon' },
      start: world.now(customer),
      subscription: id,
      subscription_item: null,
    }).id
  })
}
