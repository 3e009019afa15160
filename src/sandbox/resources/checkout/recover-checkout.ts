import type { CheckoutSession } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createCheckoutSession } from './create-checkout-session.ts'

/** A new session like an expired one whose link of recovery was opened, or undefined. */
export function recoverCheckout(world: World, id: string): CheckoutSession | undefined {
  const session = world.get('checkout.session', id)
  const recovery = session?.after_expiration?.recovery
  if (recovery?.url == null || (recovery.expires_at ?? 0) <= world.now(session?.customer)) {
    return undefined
  }
  const { input, baseUrl, version } = world.must('~checkout', id)
  const { expires_at: _, discounts, ...rest } = input
  return createCheckoutSession(
    world,
    {
      ...rest,
      recovered_from: id,
      ...(recovery.allow_promotion_codes && discounts === undefined
        ? { allow_promotion_codes: true }
        : { discounts }),
    },
    baseUrl,
    version,
  )
}
