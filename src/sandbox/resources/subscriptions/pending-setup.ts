import type { World } from '../../world/world.ts'
import { insertSetupIntent } from '../setup-intents/insert-setup-intent.ts'
import { changeSubscription, isLive, patchSubscription } from './change-subscription.ts'
import { paymentMethodOf } from './payment-method.ts'

/**
 * A subscription that asks for no money yet has a setup intent to collect a method by (SDK:
 * `pending_setup_intent`), unless there is one to charge already.
 */
export function askForMethod(world: World, id: string): void {
  const subscription = world.must('subscription', id)
  if (subscription.collection_method !== 'charge_automatically') return
  if (paymentMethodOf(world, subscription) !== null) return
  const intent = insertSetupIntent(world, { customer: subscription.customer })
  patchSubscription(world, id, { pending_setup_intent: intent.id })
}

/** The setup intent is done: its method pays from now on, where that is the setting. */
export function methodSetUp(world: World, intent: string): void {
  const { customer, payment_method: method } = world.must('setup_intent', intent)
  if (customer === null) return
  for (const subscription of world.where('subscription', 'customer', customer)) {
    if (subscription.pending_setup_intent !== intent || !isLive(subscription)) continue
    const saves = subscription.payment_settings?.save_default_payment_method === 'on_subscription'
    changeSubscription(world, subscription.id, {
      pending_setup_intent: null,
      ...(saves && method !== null ? { default_payment_method: method } : {}),
    })
  }
}
