import type Stripe from 'stripe'
import { asRequest } from '../pages/page-options.ts'
import { submitCheckout } from '../resources/checkout/submit-checkout.ts'
import type { World } from '../world/world.ts'

export interface PayOptions {
  /** A `pm_…`, one of Stripe's test tokens, or null where nothing is to be paid. Default `pm_card_visa`. */
  readonly paymentMethod?: string | null
  readonly email?: string
}

interface Payable {
  readonly world: World
  client(): Stripe
  delivered(): Promise<void>
}

/** What a press on the hosted page's button does, and the deliveries that follow. */
export async function paySession(
  sandbox: Payable,
  id: string,
  { paymentMethod = 'pm_card_visa', email = 'buyer@example.test' }: PayOptions,
): Promise<Stripe.Checkout.Session> {
  const { world } = sandbox
  const { next, error } = asRequest(world, () =>
    submitCheckout(world, id, { paymentMethod, customerDetails: { email } }),
  )
  await sandbox.delivered()
  if (next === 'declined') {
    throw new Error(`The payment of ${id} was declined: ${error?.message ?? 'no reason given'}`)
  }
  if (next === 'authenticate') {
    throw new Error(
      `The payment of ${id} waits for its 3D Secure challenge; open its page to pass it`,
    )
  }
  return sandbox.client().checkout.sessions.retrieve(id)
}
