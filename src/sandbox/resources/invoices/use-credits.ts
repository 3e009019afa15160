import type { Invoice } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { applyCredits } from '../billing-credits/apply-credits.ts'
import { linesOf, recomputed } from './refresh-draft.ts'

/**
 * Takes what the customer's credits pay of a draft that is being finalised, and no sooner: a draft
 * uses none (stripe-facts row 39). Taxes are then on what is left.
 */
export function useCredits(world: World, invoice: Invoice): Invoice {
  const credits = applyCredits(world, {
    customer: invoice.customer ?? '',
    currency: invoice.currency,
    invoice: invoice.id,
    lines: linesOf(world, invoice.id).map((line) => ({
      id: line.id,
      amount: (line.discount_amounts ?? []).reduce((net, off) => net - off.amount, line.amount),
      price: line.pricing?.price_details?.price ?? null,
    })),
  })
  return credits.length === 0
    ? invoice
    : world.patch('invoice', invoice.id, recomputed(world, invoice, { credits }))
}
