import type { World } from '../world/world.ts'
import { arrayOf, fieldsOf } from './old-shape.ts'

/** `taxes` and `total_taxes` as `tax_amounts` and `total_tax_amounts`. */
export function oldTaxAmounts(taxes: unknown): Readonly<Record<string, unknown>>[] {
  return arrayOf(taxes).map((tax) => {
    const fields = fieldsOf(tax)
    return {
      amount: fields['amount'],
      inclusive: fields['tax_behavior'] === 'inclusive',
      tax_rate: fieldsOf(fields['tax_rate_details'])['tax_rate'] ?? null,
      taxability_reason: fields['taxability_reason'],
      taxable_amount: fields['taxable_amount'],
    }
  })
}

/** The rates behind them, whole. */
export function oldTaxRates(world: World, taxes: unknown): unknown[] {
  return oldTaxAmounts(taxes).flatMap(({ tax_rate: id }) =>
    typeof id === 'string' ? (world.get('tax_rate', id) ?? []) : [],
  )
}

/** The part of an amount that is not included tax, in minor units. */
export function exceptIncluded(amount: unknown, taxes: unknown): number {
  const included = oldTaxAmounts(taxes)
    .filter(({ inclusive }) => inclusive === true)
    .reduce((sum, tax) => sum + Number(tax['amount']), 0)
  return Number(amount) - included
}
