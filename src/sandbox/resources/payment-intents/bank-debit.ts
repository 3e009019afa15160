import type { PaymentIntent, PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { failureCode, insertCharge } from '../charges/insert-charge.ts'
import { outcomeOf } from '../charges/charge-details.ts'
import { bookCharge } from '../charges/settle-charge.ts'
import { endMandate } from '../mandates/create-mandate.ts'
import { instrumentOf } from '../payment-methods/instrument.ts'
import { failPayment } from './decline-payment.ts'
import { errorFor } from './payment-error.ts'
import { keep, succeed } from './take-payment.ts'

/** The bank is asked and answers days later (stripe-facts rows 21 to 28). */
export function startDebit(
  world: World,
  intent: PaymentIntent,
  method: PaymentMethod,
  mandate: string | null,
): PaymentIntent {
  const charge = insertCharge(world, {
    intent,
    paymentMethod: method,
    status: 'pending',
    captured: true,
    circumstances: { mandate },
  })
  const processing = world.patch('payment_intent', intent.id, {
    status: 'processing',
    latest_charge: charge.id,
    next_action: null,
  })
  world.emit('payment_intent.processing', processing)
  world.emit('charge.pending', charge)
  keep(world, intent, method)
  const { settles } = instrumentOf(world, method).behaviour
  if (settles !== 'never') {
    const { bankDebitSeconds, slowBankDebitSeconds } = world.settings
    world.schedule(intent.customer, {
      at:
        world.now(intent.customer) +
        (settles === 'slowly' ? slowBankDebitSeconds : bankDebitSeconds),
      name: 'payment_intent.settle_debit',
      id: intent.id,
    })
  }
  world.signal('payment_intent.settled', { id: intent.id, outcome: 'processing' })
  return world.must('payment_intent', intent.id)
}

/** Job `payment_intent.settle_debit`: the bank's answer. */
export function settleDebit(world: World, id: string): void {
  const intent = world.get('payment_intent', id)
  const charge = world.get('charge', intent?.latest_charge)
  const method = world.get('payment_method', intent?.payment_method)
  if (intent?.status !== 'processing' || charge === undefined || method === undefined) return
  const instrument = instrumentOf(world, method)
  const { decline, mandate } = instrument.behaviour
  const outcome = outcomeOf(instrument, method.type, decline ?? null)
  if (decline === undefined) {
    const settled = world.patch('charge', charge.id, {
      status: 'succeeded',
      paid: true,
      amount_captured: charge.amount,
      outcome,
    })
    bookCharge(world, settled)
    succeed(world, intent, method, charge.id)
    return
  }
  world.patch('charge', charge.id, {
    status: 'failed',
    captured: false,
    outcome,
    failure_code: failureCode(decline),
    failure_message: decline.message,
  })
  failPayment(world, intent, { error: errorFor(decline, method, charge.id), charge: charge.id })
  if (mandate === 'ends' && instrument.mandate !== null) {
    endMandate(world, instrument.mandate, 'revoked')
  }
}
