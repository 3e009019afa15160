import type { Dispute } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { createBalanceTransaction } from '../balance-transactions/create-balance-transaction.ts'

/** Minor units Stripe takes for a dispute, and gives back where it is won. */
const DISPUTE_FEE = 1_500

/** Takes the disputed money, or gives it back. Emits nothing. */
export function moveFunds(world: World, id: string, way: 'withdrawn' | 'reinstated'): Dispute {
  const dispute = world.must('dispute', id)
  const sign = way === 'withdrawn' ? -1 : 1
  const transaction = createBalanceTransaction(world, {
    amount: sign * dispute.amount,
    currency: dispute.currency,
    type: 'adjustment',
    reportingCategory: way === 'withdrawn' ? 'dispute' : 'dispute_reversal',
    source: id,
    customer: world.must('charge', dispute.charge).customer,
    description: `Chargeback ${way === 'withdrawn' ? 'withdrawal' : 'reversal'} for ${dispute.charge}`,
    fee: way === 'withdrawn' ? DISPUTE_FEE : -DISPUTE_FEE,
  })
  return world.patch('dispute', id, {
    balance_transactions: [...dispute.balance_transactions, transaction],
  })
}

/** Whether the disputed money is with the customer's bank just now. */
export function isWithdrawn(dispute: Dispute): boolean {
  return dispute.balance_transactions.reduce((sum, { amount }) => sum + amount, 0) < 0
}
