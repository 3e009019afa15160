import { invalidRequest, missing } from '../../protocol/stripe-error.ts'
import type { PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { useToken } from '../tokens/use-token.ts'
import { cardFromTestCard } from './card-number.ts'
import { insertAccount, insertCard } from './insert-payment-method.ts'
import { testAccountNamed, testCardNamed } from './test-value-index.ts'

/**
 * The payment method a parameter means: one that exists (`pm_…`, `card_…`), or a fresh one for a
 * test name (`pm_card_visa`, `pm_sepaDebit_success_at`) or a token (`tok_visa`, `tok_…`).
 * @throws {StripeError} 400 (404 for an id in the path: `status`) where there is none.
 */
export function resolvePaymentMethod(
  world: World,
  idOrToken: string,
  param: string,
  status: 400 | 404 = 400,
): PaymentMethod {
  const existing = world.get('payment_method', idOrToken)
  if (existing !== undefined) return existing
  if (idOrToken.startsWith('pm_')) {
    const card = testCardNamed(idOrToken)
    if (card !== undefined) return insertCard(world, cardFromTestCard(world, card))
    const account = testAccountNamed(idOrToken)
    if (account !== undefined) return insertAccount(world, account)
  }
  if (idOrToken.startsWith('tok_')) {
    const { card, billing } = useToken(world, idOrToken, param)
    return insertCard(world, card, { billing })
  }
  if (/^(?:src|btok|ba)_/u.test(idOrToken)) {
    throw invalidRequest(`The sandbox has no sources of this kind: ${idOrToken}.`, { param })
  }
  throw missing('PaymentMethod', idOrToken, param, status)
}
