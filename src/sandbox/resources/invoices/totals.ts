import type { Customer, Discount, Invoice, InvoiceLineItem, TaxRate } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { AppliedCredit } from '../billing-credits/apply-credits.ts'
import type { MadeLine } from './make-line.ts'
import { spreadDiscounts, type DiscountShare } from './spread-discounts.ts'
import { taxesOn } from './taxes-on.ts'

type Totals = Pick<
  Invoice,
  | 'subtotal'
  | 'subtotal_excluding_tax'
  | 'total'
  | 'total_discount_amounts'
  | 'total_excluding_tax'
  | 'total_pretax_credit_amounts'
  | 'total_taxes'
>

type Tax = NonNullable<InvoiceLineItem['taxes']>[number]

/**
 * The sums of an invoice: discounts of each line, then those of the invoice spread over its lines,
 * then credits, then taxes on what is left, line by line.
 */
export function totalsOf(
  world: World,
  input: {
    readonly lines: readonly MadeLine[]
    /** The invoice's. */
    readonly discounts: readonly Discount[]
    readonly defaultTaxRates: readonly TaxRate[]
    readonly customer: Customer
    /** What finalising took of the customer's credits. */
    readonly credits?: readonly AppliedCredit[] | undefined
  },
): { lines: readonly MadeLine[]; totals: Totals } {
  const { credits = [] } = input
  const { shares, ownTotal } = spreadDiscounts(world, input.lines, input.discounts)
  const lines = input.lines.map(({ line, taxRates }, at): MadeLine => {
    const lineShares = shares[at] ?? []
    const lineCredits = credits.filter((credit) => credit.line === line.id)
    const net = line.amount - sum(lineShares) - sum(lineCredits)
    const rates =
      taxRates === null
        ? input.defaultTaxRates
        : taxRates.map((rate) => world.must('tax_rate', rate))
    return {
      taxRates,
      line: {
        ...line,
        discount_amounts: lineShares,
        pretax_credit_amounts: pretaxCredits(lineShares, lineCredits),
        taxes: taxesOn(net, rates, input.customer.tax_exempt ?? 'none'),
      },
    }
  })
  const all = lines.flatMap(({ line }) => line.taxes ?? [])
  const inclusive = sum(all.filter((tax) => tax.tax_behavior === 'inclusive'))
  const exclusive = sum(all.filter((tax) => tax.tax_behavior === 'exclusive'))
  const discounts = merged(lines.flatMap(({ line }) => line.discount_amounts ?? []))
  const amount = input.lines.reduce((total, { line }) => total + line.amount, 0)
  const subtotal = amount - ownTotal
  const net = amount - sum(discounts) - sum(credits)
  return {
    lines,
    totals: {
      subtotal,
      subtotal_excluding_tax: subtotal - inclusive,
      total: net + exclusive,
      total_discount_amounts: discounts,
      total_excluding_tax: net - inclusive,
      total_pretax_credit_amounts: pretaxCredits(discounts, credits),
      total_taxes: mergedTaxes(all),
    },
  }
}

function pretaxCredits(
  shares: readonly DiscountShare[],
  credits: readonly AppliedCredit[],
): NonNullable<Invoice['total_pretax_credit_amounts']> {
  return [
    ...shares.map((share) => ({ ...share, type: 'discount' as const })),
    ...credits.map(({ amount, credit_balance_transaction }) => ({
      amount,
      credit_balance_transaction,
      type: 'credit_balance_transaction' as const,
    })),
  ]
}

function sum(parts: readonly { readonly amount: number }[]): number {
  return parts.reduce((total, part) => total + part.amount, 0)
}

function merged(shares: readonly DiscountShare[]): readonly DiscountShare[] {
  const amounts = new Map<string, number>()
  for (const { discount, amount } of shares) {
    amounts.set(discount, (amounts.get(discount) ?? 0) + amount)
  }
  return [...amounts].map(([discount, amount]) => ({ amount, discount }))
}

function mergedTaxes(taxes: readonly Tax[]): readonly Tax[] {
  const byRate = new Map<string, Tax>()
  for (const tax of taxes) {
    const key = `${tax.tax_rate_details?.tax_rate ?? ''} ${tax.tax_behavior}`
    const before = byRate.get(key)
    byRate.set(
      key,
      before === undefined
        ? tax
        : {
            ...before,
            amount: before.amount + tax.amount,
            taxable_amount: (before.taxable_amount ?? 0) + (tax.taxable_amount ?? 0),
          },
    )
  }
  return [...byRate.values()]
}
