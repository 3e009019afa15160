import { inParameter } from '../../protocol/find.ts'
import { missing } from '../../protocol/stripe-error.ts'
import type { World } from '../../world/world.ts'
import { periodAround } from '../subscriptions/calendar.ts'
import { recurrenceOf } from '../subscriptions/prices-for.ts'
import type { LineDraft } from './line-draft.ts'

/** What the first invoice of a new subscription with these items would bill. */
export function newLines(
  world: World,
  items: readonly { readonly price?: string | undefined; readonly quantity?: number | undefined }[],
  now: number,
): LineDraft[] {
  return items.map((given, at) => {
    const param = `subscription_details[items][${String(at)}][price]`
    if (given.price === undefined) throw missing('price', '', param, 400)
    const price = inParameter(world, 'price', given.price, param)
    const period = price.recurring === null ? null : periodAround(now, recurrenceOf(price), now)
    return {
      price: price.id,
      quantity: given.quantity ?? 1,
      period: period ?? { start: now, end: now },
    }
  })
}

/** What an invoice item would add, of which there is only a preview. */
export function lineFor(
  world: World,
  given: {
    readonly amount?: number | undefined
    readonly description?: string | undefined
    readonly discountable?: boolean | undefined
    readonly period?: { readonly start: number; readonly end: number } | undefined
    readonly price?: string | undefined
    readonly quantity?: number | undefined
    readonly tax_rates?: readonly string[] | null | undefined
    readonly unit_amount?: number | undefined
    readonly unit_amount_decimal?: string | undefined
  },
  at: number,
  now: number,
): LineDraft {
  const param = `invoice_items[${String(at)}]`
  const quantity = given.quantity ?? 1
  const unit = given.unit_amount_decimal ?? given.unit_amount
  const amount =
    given.amount ?? (unit === undefined ? undefined : Math.round(Number(unit) * quantity))
  return {
    description: given.description ?? null,
    ...(amount === undefined ? {} : { amount }),
    price:
      given.price === undefined
        ? null
        : inParameter(world, 'price', given.price, `${param}[price]`).id,
    quantity,
    period: given.period ?? { start: now, end: now },
    discountable: given.discountable ?? true,
    taxRates: given.tax_rates ?? null,
  }
}
