import type { IntentOutcome } from '../../signals.ts'
import type { World } from '../../world/world.ts'
import { attemptOf } from '../payment-intents/attempt-record.ts'
import { attemptFailed } from './attempt-failed.ts'
import { countedAttempt } from './counted-attempt.ts'
import { recordPayment } from './record-payment.ts'

/** Hears how an attempt at an invoice's payment intent ended, whoever made it and whenever. */
export function paymentSettled(
  world: World,
  { id, outcome }: { readonly id: string; readonly outcome: IntentOutcome },
): void {
  const payment = world.where('invoice_payment', 'payment_intent', id)[0]
  if (payment?.status !== 'open') return
  const intent = world.must('payment_intent', id)
  const invoiceId = payment.invoice
  const invoice = world.get('invoice', invoiceId)
  if (invoice === undefined) return
  switch (outcome) {
    case 'succeeded':
      recordPayment(world, payment, intent.amount_received)
      return
    case 'failed': {
      // Off session Stripe answers a card that wants its holder with this code (stripe-facts row 47).
      const wantsHolder = intent.last_payment_error?.code === 'authentication_required'
      attemptFailed(world, invoiceId, intent, { actionRequired: wantsHolder })
      return
    }
    case 'requires_action':
      if (isOnSession(world, invoiceId, id)) {
        world.patch('invoice', invoiceId, { attempted: true, ...countedAttempt(world, invoice) })
        world.emit('invoice.payment_action_required', world.must('invoice', invoiceId))
        world.signal('invoice.payment_action_required', { id: invoiceId })
      } else {
        attemptFailed(world, invoiceId, intent, { actionRequired: true })
      }
      return
    case 'processing':
      world.unschedule(invoice.customer, 'invoice.collect', invoiceId)
      world.change(
        'invoice',
        invoiceId,
        { attempted: true, next_payment_attempt: null, ...countedAttempt(world, invoice) },
        'invoice.updated',
      )
      world.signal('invoice.payment_processing', { id: invoiceId })
      return
    case 'canceled':
      world.patch('invoice_payment', payment.id, {
        status: 'canceled',
        status_transitions: { canceled_at: world.now(invoice.customer), paid_at: null },
      })
      return
    case 'requires_capture':
      return
  }
}

/** Whether the customer is there to act: as the attempt says, else as they confirmed the intent. */
function isOnSession(world: World, invoice: string, intent: string): boolean {
  const { attempt } = world.must('~invoice_collection', invoice)
  return attempt === null ? !attemptOf(world, intent).offSession : attempt === 'on_session'
}
