import { invalidRequest, missing } from '../../protocol/stripe-error.ts'
import type { World } from '../../world/world.ts'
import { cardFromTestCard } from '../payment-methods/card-number.ts'
import {
  NO_BILLING_DETAILS,
  type BillingDetails,
  type CardDetails,
} from '../payment-methods/payment-method-details.ts'
import { testCardNamed } from '../payment-methods/test-value-index.ts'

/**
 * The card behind a token. Test names (`tok_visa`) may be used for ever, made tokens once.
 * @throws {StripeError} 400 where there is none, or it was used.
 */
export function useToken(
  world: World,
  id: string,
  param: string,
): { readonly card: CardDetails; readonly billing: BillingDetails } {
  const record = world.get('~token', id)
  if (record !== undefined) {
    if (record.token.used) {
      throw invalidRequest(`You cannot use a Stripe token more than once: ${id}.`, {
        code: 'token_already_used',
        param,
      })
    }
    world.insert('~token', { ...record, token: { ...record.token, used: true } })
    return record
  }
  const card = testCardNamed(id)
  if (card === undefined) throw missing('token', id, param, 400)
  return { card: cardFromTestCard(world, card), billing: NO_BILLING_DETAILS }
}
