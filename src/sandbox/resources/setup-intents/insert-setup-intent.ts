import type { SetupIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'

/** A new setup intent, emitted as created. */
export function insertSetupIntent(
  world: World,
  given: Partial<SetupIntent> & Pick<SetupIntent, 'customer'>,
): SetupIntent {
  const id = given.id ?? world.id('seti')
  const types = given.payment_method_types ?? ['card']
  const intent: SetupIntent = {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${world.random.text(25)}`,
    created: world.now(given.customer),
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: setupOptionsFor(types),
    payment_method_types: types,
    single_use_mandate: null,
    status:
      (given.payment_method ?? null) === null ? 'requires_payment_method' : 'requires_confirmation',
    usage: 'off_session',
    ...given,
  }
  world.insert('setup_intent', intent)
  world.emit('setup_intent.created', intent)
  return intent
}

export function setupOptionsFor(types: readonly string[]): SetupIntent['payment_method_options'] {
  return {
    ...(types.includes('card')
      ? { card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' } }
      : {}),
    ...(types.includes('sepa_debit') ? { sepa_debit: {} } : {}),
    ...(types.includes('bacs_debit') ? { bacs_debit: {} } : {}),
    ...(types.includes('us_bank_account')
      ? { us_bank_account: { verification_method: 'automatic' } }
      : {}),
  }
}
