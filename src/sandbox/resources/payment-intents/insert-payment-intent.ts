import type { PaymentIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'

type Given = Pick<PaymentIntent, 'amount' | 'currency' | 'customer'> & Partial<PaymentIntent>

/** A new intent, emitted as created. With a payment method it only waits to be confirmed. */
export function insertPaymentIntent(world: World, given: Given): PaymentIntent {
  const id = given.id ?? world.id('pi')
  const types = given.payment_method_types ?? ['card']
  const intent: PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic',
    client_secret: `${id}_secret_${world.random.text(25)}`,
    confirmation_method: 'automatic',
    created: world.now(given.customer),
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: optionsFor(types),
    payment_method_types: types,
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status:
      (given.payment_method ?? null) === null ? 'requires_payment_method' : 'requires_confirmation',
    transfer_data: null,
    transfer_group: null,
    ...given,
  }
  world.insert('payment_intent', intent)
  world.emit('payment_intent.created', intent)
  return intent
}

export function optionsFor(types: readonly string[]): PaymentIntent['payment_method_options'] {
  return {
    ...(types.includes('card')
      ? {
          card: {
            installments: null,
            mandate_options: null,
            network: null,
            request_three_d_secure: 'automatic',
          },
        }
      : {}),
    ...(types.includes('sepa_debit') ? { sepa_debit: {} } : {}),
    ...(types.includes('bacs_debit') ? { bacs_debit: {} } : {}),
    ...(types.includes('us_bank_account')
      ? { us_bank_account: { verification_method: 'automatic' } }
      : {}),
  }
}
