import type { InvoiceLineItem, TaxRate } from '../../tables.ts'

type Tax = NonNullable<InvoiceLineItem['taxes']>[number]

/**
 * The taxes on one line's amount after discounts. Inclusive ones are taken out of the amount first,
 * exclusive ones come on top of what is left; each is rounded by itself, half away from zero.
 */
export function taxesOn(amount: number, rates: readonly TaxRate[], exempt: string): readonly Tax[] {
  const inclusive = rates.filter((rate) => rate.inclusive)
  const share = inclusive.reduce((total, rate) => total + rate.percentage, 0)
  const exact = (amount * 100) / (100 + share)
  const included = inclusive.map((rate) => rounded((exact * rate.percentage) / 100))
  const net = amount - included.reduce((total, tax) => total + tax, 0)
  return rates.map((rate) => {
    const tax = rate.inclusive
      ? (included[inclusive.indexOf(rate)] ?? 0)
      : rounded((net * rate.percentage) / 100)
    const common = {
      tax_behavior: rate.inclusive ? 'inclusive' : 'exclusive',
      tax_rate_details: { tax_rate: rate.id },
      taxable_amount: net,
      type: 'tax_rate_details',
    } as const
    if (exempt === 'none') {
      const reason = rate.percentage === 0 ? 'zero_rated' : 'standard_rated'
      return { amount: tax, taxability_reason: reason, ...common }
    }
    return {
      amount: 0,
      taxability_reason: exempt === 'reverse' ? 'reverse_charge' : 'customer_exempt',
      ...common,
    }
  })
}

/** Floats carry e.g. 8.25 % inexactly: nudge by less than any real difference before rounding. */
function rounded(value: number): number {
  const whole = Math.round(Math.abs(value) + 1e-9)
  return value < 0 && whole !== 0 ? -whole : whole
}
