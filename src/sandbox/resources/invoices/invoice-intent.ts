import type { Invoice, InvoicePayment, PaymentIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { cancelPayment } from '../payment-intents/cancel-payment.ts'
import { preparePayment } from '../payment-intents/collect-payment.ts'
import { addInvoicePayment } from '../invoice-payments/add-invoice-payment.ts'

/** The payment that an invoice is waiting for by its own intent, if there is one. */
export function openPaymentOf(world: World, invoice: string): InvoicePayment | undefined {
  return world
    .where('invoice_payment', 'invoice', invoice)
    .find((payment) => payment.status === 'open' && payment.is_default)
}

/** The intent behind `openPaymentOf`. */
export function openIntentOf(world: World, invoice: string): PaymentIntent | undefined {
  return world.get('payment_intent', openPaymentOf(world, invoice)?.payment.payment_intent)
}

/**
 * The intent that collects what remains of an invoice ("Stripe creates [it] during invoice
 * finalization", SDK): the open one, brought up to the amount, or a new one.
 */
export function openInvoiceIntent(world: World, id: string): PaymentIntent {
  const invoice = world.must('invoice', id)
  const before = openIntentOf(world, id)
  if (before !== undefined) {
    return before.amount === invoice.amount_remaining
      ? before
      : withAmount(world, before, invoice.amount_remaining)
  }
  const { payment_method_types: types } = invoice.payment_settings
  const intent = preparePayment(world, {
    amount: invoice.amount_remaining,
    currency: invoice.currency,
    customer: invoice.customer,
    paymentMethod: null,
    offSession: true,
    description: descriptionOf(invoice),
    ...(types === null || types.length === 0 ? {} : { methodTypes: types }),
    invoice: id,
  })
  addInvoicePayment(world, {
    invoice: id,
    amount: invoice.amount_remaining,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    isDefault: true,
  })
  return intent
}

/** Gives up the open intent: the invoice is void, or was paid another way. */
export function closeInvoiceIntent(world: World, id: string, reason: string | null): void {
  const payment = openPaymentOf(world, id)
  const intent = world.get('payment_intent', payment?.payment.payment_intent)
  if (payment === undefined) return
  world.patch('invoice_payment', payment.id, {
    status: 'canceled',
    status_transitions: { canceled_at: world.now(intent?.customer), paid_at: null },
  })
  if (intent !== undefined && intent.status !== 'processing') {
    cancelPayment(world, intent.id, reason)
  }
}

function withAmount(world: World, intent: PaymentIntent, amount: number): PaymentIntent {
  const payment = world.where('invoice_payment', 'payment_intent', intent.id)[0]
  if (payment !== undefined) {
    world.patch('invoice_payment', payment.id, { amount_requested: amount })
  }
  return world.patch('payment_intent', intent.id, { amount })
}

function descriptionOf(invoice: Invoice): string {
  switch (invoice.billing_reason) {
    case 'subscription_create':
      return 'Subscription creation'
    case 'subscription_cycle':
    case 'subscription_update':
    case 'subscription_threshold':
      return 'Subscription update'
    default:
      return `Payment for Invoice ${invoice.number ?? ''}`.trim()
  }
}
