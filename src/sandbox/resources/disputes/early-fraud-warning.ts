import type { Charge } from '../../tables.ts'
import type { World } from '../../world/world.ts'

/** The issuer suspects fraud and nobody has disputed yet (stripe-facts row 82). */
export function warnOfFraud(world: World, charge: Charge): void {
  const warning = world.insert('radar.early_fraud_warning', {
    id: world.id('issfr'),
    object: 'radar.early_fraud_warning',
    actionable: true,
    charge: charge.id,
    created: world.now(charge.customer),
    fraud_type: 'made_with_stolen_card',
    livemode: false,
    ...(charge.payment_intent === null ? {} : { payment_intent: charge.payment_intent }),
  })
  world.emit('radar.early_fraud_warning.created', warning)
}
