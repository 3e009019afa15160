import { cardError } from '../../protocol/stripe-error.ts'
import type { CardSource } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeInstrument } from '../payment-methods/instrument.ts'
import { insertCard } from '../payment-methods/insert-payment-method.ts'
import { useToken } from '../tokens/use-token.ts'
import { cardSourceOf } from './card-source.ts'

/**
 * Keeps the card behind a token as a customer's source, and as a payment method of the same id, as
 * Stripe's own payment methods answer for cards. The customer's first becomes its `default_source`,
 * silently: the caller tells of the customer. Emits customer.source.created.
 * @throws {StripeError} 402 where the issuer refuses the card.
 */
export function addSource(
  world: World,
  customer: string,
  token: string,
  metadata: Readonly<Record<string, string>> = {},
): CardSource {
  const { card, billing } = useToken(world, token, 'source')
  const { attachFails, decline } = card.behaviour
  if (attachFails === true && decline !== undefined) {
    throw cardError({
      code: decline.code,
      ...(decline.declineCode === undefined ? {} : { decline_code: decline.declineCode }),
      message: decline.message,
    })
  }
  const id = world.id('card')
  const method = insertCard(world, card, { id, billing })
  world.patch('payment_method', id, { customer })
  changeInstrument(world, method, { setUp: true })
  const source = world.insert('card', cardSourceOf(id, customer, card, billing, metadata))
  if (world.must('customer', customer).default_source === null) {
    world.patch('customer', customer, { default_source: id })
  }
  world.emit('customer.source.created', source)
  return source
}
