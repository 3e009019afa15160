import type { PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { previousAttributes } from '../../world/previous-attributes.ts'

/**
 * The card's bank sent a new date or number (stripe-facts row 99): the same payment method goes on.
 * For tests and the control of the sandbox; no request does this. Emits
 * payment_method.automatically_updated.
 */
export function updateAutomatically(
  world: World,
  id: string,
  card: { readonly expMonth?: number; readonly expYear?: number; readonly last4?: string },
): PaymentMethod {
  const before = world.must('payment_method', id)
  if (before.card === undefined) return before
  const after = world.patch('payment_method', id, {
    card: {
      ...before.card,
      exp_month: card.expMonth ?? before.card.exp_month,
      exp_year: card.expYear ?? before.card.exp_year,
      last4: card.last4 ?? before.card.last4,
    },
  })
  const previous = previousAttributes(before, after)
  if (previous !== undefined) world.emit('payment_method.automatically_updated', after, previous)
  return after
}
