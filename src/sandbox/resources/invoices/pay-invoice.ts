import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Invoice, PaymentIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { confirmPayment } from '../payment-intents/collect-payment.ts'
import { defaultPaymentMethod } from '../payment-methods/default-payment-method.ts'
import { addInvoicePayment } from '../invoice-payments/add-invoice-payment.ts'
import { attemptFailed } from './attempt-failed.ts'
import { finalizeInvoice } from './finalize-invoice.ts'
import { openIntentOf, openInvoiceIntent } from './invoice-intent.ts'
import { recordPayment } from './record-payment.ts'

export interface PayInput {
  /** Id of the payment method to take; default: the invoice's, its subscription's, its customer's. */
  readonly paymentMethod?: string | undefined
  readonly offSession: boolean
  /** Paid outside of Stripe: no charge is made (stripe-facts row 85). */
  readonly outOfBand?: boolean | undefined
  /** Counts as paid in full whatever the source holds; the sandbox's sources hold enough. */
  readonly forgive?: boolean | undefined
  /** An attempt of Stripe's own, which moves the retry schedule (stripe-facts row 42). */
  readonly automatic?: boolean | undefined
}

export interface PayResult {
  readonly invoice: Invoice
  /** The intent of this attempt: null where none was needed, or there was nothing to pay with. */
  readonly paymentIntent: PaymentIntent | null
}

/**
 * Attempts to pay an invoice, finalising a draft first. The attempt may end succeeded, processing,
 * requires_action or failed: read the intent.
 * @throws {StripeError} where the invoice is paid or void, or a payment of it is being processed.
 */
export function payInvoice(world: World, id: string, input: PayInput): PayResult {
  if (world.must('invoice', id).status === 'draft') {
    const invoice = finalizeInvoice(world, id)
    if (invoice.status !== 'open') return { invoice, paymentIntent: null }
  }
  const invoice = world.must('invoice', id)
  refuseUnpayable(world, invoice)
  if (input.outOfBand === true)
    return { invoice: payElsewhere(world, invoice), paymentIntent: null }
  const method = input.paymentMethod ?? paymentMethodFor(world, invoice)
  world.patch('~invoice_collection', id, { attempt: attemptKind(input) })
  try {
    if (method === null) {
      attemptFailed(world, id, null)
      return { invoice: world.must('invoice', id), paymentIntent: null }
    }
    if (world.get('payment_method', method)?.type === 'custom') {
      // Another processor's: Stripe can only ask for it to be taken there (stripe-facts row 49).
      world.emit('invoice.payment_attempt_required', world.must('invoice', id))
      return { invoice: world.must('invoice', id), paymentIntent: null }
    }
    const intent = openInvoiceIntent(world, id)
    const confirmed = confirmPayment(world, intent.id, {
      paymentMethod: method,
      offSession: input.offSession,
    })
    return { invoice: world.must('invoice', id), paymentIntent: confirmed }
  } finally {
    world.patch('~invoice_collection', id, { attempt: null })
  }
}

/** What an invoice would be paid by: its own method, its subscription's, its customer's. */
export function paymentMethodFor(world: World, invoice: Invoice): string | null {
  const subscription = world.get('subscription', invoice.parent?.subscription_details?.subscription)
  return (
    invoice.default_payment_method ??
    invoice.default_source ??
    subscription?.default_payment_method ??
    subscription?.default_source ??
    (invoice.customer === null || world.get('customer', invoice.customer) === undefined
      ? null
      : defaultPaymentMethod(world, invoice.customer))
  )
}

function attemptKind(input: PayInput): 'automatic' | 'manual' | 'on_session' {
  return input.automatic === true ? 'automatic' : input.offSession ? 'manual' : 'on_session'
}

function refuseUnpayable(world: World, invoice: Invoice): void {
  if (invoice.status === 'paid') throw invalidRequest('Invoice is already paid')
  if (invoice.status === 'void') {
    throw invalidRequest('This invoice can no longer be paid because it is void.')
  }
  if (openIntentOf(world, invoice.id)?.status === 'processing') {
    throw invalidRequest('This invoice cannot be paid again: a payment for it is processing.', {
      code: 'payment_intent_unexpected_state',
    })
  }
}

function payElsewhere(world: World, invoice: Invoice): Invoice {
  const payment = addInvoicePayment(world, {
    invoice: invoice.id,
    amount: invoice.amount_remaining,
    payment: { payment_record: world.id('pr'), type: 'payment_record' },
    isDefault: false,
  })
  return recordPayment(world, payment, invoice.amount_remaining)
}
