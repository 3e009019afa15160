import { inPath } from '../../protocol/find.ts'
import { hash, integer, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import { submitCheckout } from './submit-checkout.ts'

/**
 * The two routes behind Stripe's hosted page, which its documentation does not have and its CLI
 * calls to complete a session. They answer the session.
 */

export const retrievePage = route({
  method: 'GET',
  path: '/v1/payment_pages/:session',
  params: hash({}),
  handle: ({ world, path }) => inPath(world, 'checkout.session', path['session']),
})

export const confirmPage = route({
  method: 'POST',
  path: '/v1/payment_pages/:session/confirm',
  params: hash({
    expected_amount: integer.optional(),
    payment_method: text.optional(),
    promotion_code: text.optional(),
  }),
  handle: ({ world, path, params }) => {
    const session = inPath(world, 'checkout.session', path['session'])
    const { expected_amount: expected } = params
    if (expected !== undefined && expected !== (session.amount_total ?? 0)) {
      throw invalidRequest(
        `The expected amount ${String(expected)} is not the amount of this Checkout Session, which is ${String(session.amount_total ?? 0)}.`,
        { code: 'checkout_amount_mismatch', param: 'expected_amount' },
      )
    }
    const outcome = submitCheckout(world, session.id, {
      paymentMethod: params.payment_method ?? null,
      promotionCode: params.promotion_code,
    })
    if (outcome.error !== undefined) throw outcome.error
    return outcome.session
  },
})
