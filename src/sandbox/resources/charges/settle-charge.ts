import type { Charge } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import {
  createBalanceTransaction,
  processingFee,
} from '../balance-transactions/create-balance-transaction.ts'
import { instrumentOf } from '../payment-methods/instrument.ts'

const FIVE_DAYS = 5 * 86_400

/** Books the money of a charge that succeeded: its balance transaction. Emits nothing. */
export function bookCharge(world: World, charge: Charge, amount = charge.amount_captured): Charge {
  const method = world.get('payment_method', charge.payment_method)
  const type = charge.payment_method_details?.type ?? 'card'
  const bypasses =
    method !== undefined && instrumentOf(world, method).behaviour.bypassesPending === true
  const transaction = createBalanceTransaction(world, {
    amount,
    currency: charge.currency,
    type: type === 'card' ? 'charge' : 'payment',
    reportingCategory: 'charge',
    source: charge.id,
    customer: charge.customer,
    description: charge.description,
    fee: processingFee(amount, type),
    ...(bypasses ? { availableIn: 0 } : type === 'card' ? {} : { availableIn: FIVE_DAYS }),
  })
  return world.patch('charge', charge.id, { balance_transaction: transaction.id })
}

/** Job `charge.capture_asynchronously`: the money of an `automatic_async` capture is booked late. */
export function bookLate(world: World, id: string): void {
  const charge = world.get('charge', id)
  if (charge === undefined || charge.balance_transaction !== null) return
  const booked = bookCharge(world, charge)
  // "…or upon an asynchronous capture" (the SDK on charge.updated).
  world.emit('charge.updated', booked, { balance_transaction: null })
}
