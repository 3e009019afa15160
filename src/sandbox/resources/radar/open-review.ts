import type { World } from '../../world/world.ts'

/**
 * Puts a payment of elevated risk up for review, where the account has Radar do so (stripe-facts row
 * 82; docs.stripe.com/testing: "Radar might queue it for review"). Emits review.opened.
 */
export function openReview(world: World, chargeId: string): void {
  const charge = world.must('charge', chargeId)
  if (!world.settings.reviewElevatedRisk || charge.outcome?.risk_level !== 'elevated') return
  const { payment_intent: intent } = charge
  const review = world.insert('review', {
    id: world.id('prv'),
    object: 'review',
    billing_zip: charge.billing_details.address?.postal_code ?? null,
    charge: charge.id,
    closed_reason: null,
    created: world.now(charge.customer),
    ip_address: null,
    ip_address_location: null,
    livemode: false,
    open: true,
    opened_reason: 'rule',
    ...(intent === null ? {} : { payment_intent: intent }),
    reason: 'rule',
    session: null,
  })
  world.patch('charge', charge.id, { review: review.id })
  if (intent !== null) world.patch('payment_intent', intent, { review: review.id })
  world.emit('review.opened', review)
}
