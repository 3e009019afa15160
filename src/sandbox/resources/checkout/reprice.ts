import type { CheckoutSession } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { CheckoutLine } from './line-items.ts'
import { hasTrial, type SessionInput } from './session-parameters.ts'
import { amountsOf, priceLines, type DiscountName, type PricingTerms } from './totals.ts'

export function pricingTerms(
  world: World,
  input: SessionInput,
  discounts: readonly DiscountName[],
): PricingTerms {
  return {
    discounts,
    hasTrial: hasTrial(input),
    defaultTaxRates: input.subscription_data?.default_tax_rates ?? [],
    exempt: world.get('customer', input.customer)?.tax_exempt ?? 'none',
  }
}

/** The session's amounts anew, after its discount or its lines changed. */
export function reprice(
  world: World,
  id: string,
  change: {
    readonly discounts?: readonly DiscountName[]
    readonly lines?: readonly CheckoutLine[]
  },
): CheckoutSession {
  const terms = world.must('~checkout', id)
  const session = world.must('checkout.session', id)
  const discounts = (change.discounts ?? session.discounts ?? []) as readonly DiscountName[]
  const lines = priceLines(
    world,
    change.lines ?? terms.lines,
    pricingTerms(world, terms.input, discounts),
  )
  const amounts = amountsOf(lines)
  world.patch('~checkout', id, { lines })
  return world.patch('checkout.session', id, {
    discounts,
    amount_subtotal: amounts.subtotal,
    amount_total: amounts.total,
    payment_status: amounts.total > 0 ? 'unpaid' : 'no_payment_required',
    total_details: {
      amount_discount: amounts.discount,
      amount_shipping: 0,
      amount_tax: amounts.tax,
    },
  })
}
