import type { CheckoutSession } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createCheckoutSession } from './create-checkout-session.ts'

/** A new session like an expired one whose link of recovery was opened, or undefined. */
export function recoverCheckout(world: World, id: string): CheckoutSession | undefined {
  const session = world.get('checkout.session', id)
  const recovery = session?.after_expiration?.recovery
  if (
    typeof recovery?.url !== 'string' ||
    (recovery.expires_at ?? 0) <= world.now(session?.customer)
  ) {
    return undefined
  }
  const { input, baseUrl, version } = world.must('~checkout', id)
  return createCheckoutSession(
    world,
    {
      ...input,
      expires_at: undefined,
      recovered_from: id,
      ...(recovery.allow_promotion_codes && input.discounts === undefined
        ? { allow_promotion_codes: true }
        : {}),
    },
    baseUrl,
    version,
  )
}
