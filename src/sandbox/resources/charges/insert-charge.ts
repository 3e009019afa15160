import type { Charge, PaymentIntent, PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { Decline } from '../payment-methods/behaviour.ts'
import { instrumentOf } from '../payment-methods/instrument.ts'
import { detailsOf, outcomeOf, type Circumstances } from './charge-details.ts'

export interface ChargeInput {
  readonly intent: PaymentIntent
  readonly paymentMethod: PaymentMethod
  readonly status: 'succeeded' | 'pending' | 'failed'
  readonly captured: boolean
  readonly decline?: Decline | null
  readonly circumstances?: Partial<Circumstances>
}

/** A charge as it stands; the caller settles its money and emits. */
export function insertCharge(world: World, input: ChargeInput): Charge {
  const { intent, paymentMethod, status } = input
  const decline = input.decline ?? null
  const isCard = paymentMethod.type === 'card'
  const { address, email, name, phone, tax_id } = paymentMethod.billing_details
  return world.insert('charge', {
    // Charges of anything but cards are payments, and their ids say so.
    id: world.id(isCard ? 'ch' : 'py'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: status === 'succeeded' && input.captured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { address, email, name, phone, tax_id },
    calculated_statement_descriptor: isCard ? 'SANDBOX' : null,
    captured: input.captured,
    created: world.now(intent.customer),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline === null ? null : failureCode(decline),
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome:
      status === 'pending'
        ? null
        : outcomeOf(instrumentOf(world, paymentMethod), paymentMethod.type, decline),
    paid: status === 'succeeded',
    payment_intent: intent.id,
    payment_method: paymentMethod.id,
    payment_method_details: detailsOf(paymentMethod, {
      amount: intent.amount,
      authentication: null,
      mandate: null,
      captureBefore: null,
      ...input.circumstances,
    }),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status,
    transfer_data: null,
    transfer_group: intent.transfer_group,
  })
}

/** A card's charge fails with the error's code, a bank's with the bank's own word. */
export function failureCode(decline: Decline): string {
  return decline.code.startsWith('payment_intent_') || decline.code.startsWith('bank_')
    ? (decline.declineCode ?? decline.code)
    : decline.code
}
