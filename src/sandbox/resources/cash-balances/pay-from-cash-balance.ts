import type { PaymentIntent } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { insertCharge } from '../charges/insert-charge.ts'
import { bookCharge } from '../charges/settle-charge.ts'
import { displayBankTransfer } from '../payment-intents/next-action.ts'
import { succeed } from '../payment-intents/take-payment.ts'
import { cashBalanceRecord } from './cash-balance.ts'
import { moveCash } from './cash-balance-transaction.ts'

/**
 * Pays an intent from what its customer has with us; where that is not enough, tells how to send
 * the rest. Emits payment_intent.partially_funded when some of it came in.
 */
export function payFromCashBalance(world: World, intent: PaymentIntent): PaymentIntent {
  const { customer } = intent
  const remaining = remainingOf(intent)
  const available =
    customer === null ? 0 : (cashBalanceRecord(world, customer).available[intent.currency] ?? 0)
  const applied = Math.min(available, remaining)
  if (customer !== null && applied > 0) {
    moveCash(
      world,
      { customer, currency: intent.currency, amount: -applied },
      { type: 'applied_to_payment', applied_to_payment: { payment_intent: intent.id } },
    )
  }
  return applied === remaining
    ? paidInFull(world, intent)
    : wait(world, intent, remaining - applied, applied > 0)
}

/** Minor units still to come in. */
export function remainingOf(intent: PaymentIntent): number {
  return intent.next_action?.display_bank_transfer_instructions?.amount_remaining ?? intent.amount
}

function paidInFull(world: World, intent: PaymentIntent): PaymentIntent {
  const method = world.must('payment_method', intent.payment_method ?? '')
  const charge = insertCharge(world, {
    intent,
    paymentMethod: method,
    status: 'succeeded',
    captured: true,
  })
  bookCharge(world, charge)
  return succeed(world, intent, method, charge.id)
}

function wait(
  world: World,
  intent: PaymentIntent,
  remaining: number,
  partially: boolean,
): PaymentIntent {
  const isNew = intent.status !== 'requires_action'
  const waiting = world.patch('payment_intent', intent.id, {
    status: 'requires_action',
    next_action: displayBankTransfer(world, intent, remaining),
  })
  if (isNew) world.emit('payment_intent.requires_action', waiting)
  if (partially) world.emit('payment_intent.partially_funded', waiting)
  if (isNew) {
    world.signal('payment_intent.settled', { id: intent.id, outcome: 'requires_action' })
  }
  return world.must('payment_intent', intent.id)
}
