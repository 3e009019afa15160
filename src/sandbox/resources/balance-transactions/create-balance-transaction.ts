import type { BalanceTransaction } from '../../tables.ts'
import type { World } from '../../world/world.ts'

export interface Movement {
  /** Signed, in minor units. */
  readonly amount: number
  readonly currency: string
  readonly type: BalanceTransaction['type']
  readonly reportingCategory: string
  /** The charge, refund or dispute behind it. */
  readonly source: string
  readonly customer: string | null
  readonly description?: string | null
  /** What Stripe keeps, in minor units; none for refunds. */
  readonly fee?: number
  /** Seconds until the money is available. Default two days. */
  readonly availableIn?: number
}

const TWO_DAYS = 2 * 86_400

/** A movement of the account's balance. No event tells of it. */
export function createBalanceTransaction(world: World, movement: Movement): BalanceTransaction {
  const { amount, currency, fee = 0, availableIn = TWO_DAYS } = movement
  const now = world.now(movement.customer)
  return world.insert('balance_transaction', {
    id: world.id('txn'),
    object: 'balance_transaction',
    amount,
    available_on: now + availableIn,
    balance_type: 'payments',
    created: now,
    currency,
    description: movement.description ?? null,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency,
              description:
                movement.reportingCategory === 'dispute' ? 'Dispute fee' : 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: amount - fee,
    reporting_category: movement.reportingCategory,
    source: movement.source,
    status: availableIn === 0 ? 'available' : 'pending',
    type: movement.type,
  })
}

/** 2.9 % and 30 minor units for cards; 0.8 % and at most 500 for bank debits. */
export function processingFee(amount: number, type: string): number {
  return type === 'card'
    ? Math.round(amount * 0.029) + 30
    : Math.min(Math.round(amount * 0.008), 500)
}
