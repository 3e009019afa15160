import type { Reactions } from '../../signals.ts'
import type { SetupIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeCustomer } from '../customers/change-customer.ts'
import { collectSetup } from '../setup-intents/collect-setup.ts'
import { updateSubscription } from '../subscriptions/update-subscription.ts'

/**
 * Saves a payment method that the customer entered in the portal and pays with it from now on, as
 * soon as it is set up: that may take an authentication.
 */
export function updateCard(
  world: World,
  customer: string,
  paymentMethod: string,
  returnTo: { readonly baseUrl: string; readonly returnUrl: string },
): SetupIntent {
  const intent = collectSetup(world, {
    customer,
    paymentMethod,
    usage: 'off_session',
    ...returnTo,
  })
  if (intent.status === 'succeeded') makeDefault(world, customer, paymentMethod)
  else if (intent.status === 'requires_action') {
    world.insert('~portal_setup', { id: intent.id, customer })
  }
  return intent
}

/** The customer comes back from the bank. */
export const afterAuthentication: Reactions = {
  'setup_intent.settled': (world, { id, outcome }) => {
    const waiting = world.get('~portal_setup', id)
    const method = world.must('setup_intent', id).payment_method
    if (waiting === undefined || outcome !== 'succeeded' || method === null) return
    world.remove('~portal_setup', id)
    makeDefault(world, waiting.customer, method)
  },
}

/** The customer's default from now on, also for subscriptions that had one of their own. */
function makeDefault(world: World, customer: string, method: string): void {
  const { invoice_settings: settings } = world.must('customer', customer)
  changeCustomer(world, customer, {
    invoice_settings: { ...settings, default_payment_method: method },
  })
  for (const subscription of world.where('subscription', 'customer', customer)) {
    const isOver = ['canceled', 'incomplete_expired'].includes(subscription.status)
    if (isOver || subscription.default_payment_method === null) continue
    updateSubscription(world, subscription.id, { default_payment_method: method })
  }
}
