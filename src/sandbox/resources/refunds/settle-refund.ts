import type { Refund } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createBalanceTransaction } from '../balance-transactions/create-balance-transaction.ts'

/** Job `refund.settle`: what was pending arrives; what seemed to arrive comes back. */
export function settleRefund(world: World, id: string): void {
  const refund = world.get('refund', id)
  if (refund === undefined) return
  if (refund.status === 'pending') {
    const { pending_reason: reason, ...settled } = refund
    world.insert('refund', { ...settled, status: 'succeeded' })
    tellUpdated(world, id, { status: 'pending', pending_reason: reason ?? null })
  } else if (refund.status === 'succeeded') {
    failRefund(world, id, 'expired_or_canceled_card')
  }
}

/**
 * A refund that fails gives the money back to us, and the charge is that much less refunded
 * (stripe-facts row 76). Emits refund.updated, refund.failed, charge.refund.updated.
 */
export function failRefund(world: World, id: string, reason: string): Refund {
  const refund = world.must('refund', id)
  const back = createBalanceTransaction(world, {
    amount: refund.amount,
    currency: refund.currency,
    type: 'refund_failure',
    reportingCategory: 'refund_failure',
    source: id,
    customer: refund.customer,
    description: 'REFUND FAILURE',
  })
  const { pending_reason: pending, ...rest } = refund
  const failed = world.insert('refund', {
    ...rest,
    status: 'failed',
    failure_reason: reason,
    failure_balance_transaction: back.id,
  })
  if (refund.charge !== null) {
    const charge = world.must('charge', refund.charge)
    world.patch('charge', charge.id, {
      amount_refunded: charge.amount_refunded - refund.amount,
      refunded: false,
    })
  }
  tellUpdated(
    world,
    id,
    {
      status: refund.status,
      failure_reason: null,
      failure_balance_transaction: null,
      ...(pending === undefined ? {} : { pending_reason: pending }),
    },
    true,
  )
  return failed
}

/** The events of any change to a refund, the older name too. */
export function tellUpdated(
  world: World,
  id: string,
  previous: Parameters<World['emit']>[2],
  failed = false,
): void {
  const refund = world.must('refund', id)
  world.emit('refund.updated', refund, previous)
  if (failed) world.emit('refund.failed', refund)
  world.emit('charge.refund.updated', refund, previous)
}
