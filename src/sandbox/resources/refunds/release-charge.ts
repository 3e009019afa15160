import type { Refund } from '../../tables.ts'
import type { World } from '../../world/world.ts'

/**
 * Lets go of what was held and never captured: a refund that moves no money. `expired`: the time to
 * capture ran out, and the charge expired (stripe-facts row 31).
 */
export function releaseCharge(world: World, id: string, expired: boolean): void {
  const before = world.must('charge', id)
  const refund: Refund = {
    id: world.id('re'),
    object: 'refund',
    amount: before.amount,
    balance_transaction: null,
    charge: id,
    created: world.now(before.customer),
    currency: before.currency,
    customer: before.customer,
    customer_account: null,
    destination_details: { card: { type: 'reversal' }, type: 'card' },
    metadata: {},
    payment_intent: before.payment_intent,
    payment_method: before.payment_method,
    reason: expired ? 'expired_uncaptured_charge' : null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  }
  world.insert('refund', refund)
  const charge = world.patch('charge', id, { amount_refunded: before.amount, refunded: true })
  if (expired) world.emit('charge.expired', charge)
  else {
    world.emit('refund.created', refund)
    world.emit('charge.refunded', charge)
  }
}
