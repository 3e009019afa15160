import type Stripe from 'stripe'
import type { Wire } from '../../wire.ts'
import type { World } from '../../world/world.ts'

export type CashBalance = Wire<Stripe.CashBalance>

/** A customer's money with us, by the customer's id. It has no table of Stripe's: it has no id. */
export interface CashBalanceRecord {
  readonly id: string
  /** Minor units by currency. */
  readonly available: Readonly<Record<string, number>>
  readonly reconciliation: 'automatic' | 'manual' | 'merchant_default'
}

export function cashBalanceRecord(world: World, customer: string): CashBalanceRecord {
  return (
    world.get('~cash_balance', customer) ?? {
      id: customer,
      available: {},
      reconciliation: 'merchant_default',
    }
  )
}

export function cashBalanceOf(world: World, customer: string): CashBalance {
  const { available, reconciliation } = cashBalanceRecord(world, customer)
  return {
    object: 'cash_balance',
    available: Object.keys(available).length === 0 ? null : available,
    customer,
    customer_account: null,
    livemode: false,
    settings: {
      reconciliation_mode: reconciliation === 'manual' ? 'manual' : 'automatic',
      using_merchant_default: reconciliation === 'merchant_default',
    },
  }
}

/** Changes what is there and answers what is then. */
export function addCash(world: World, customer: string, currency: string, amount: number): number {
  const before = cashBalanceRecord(world, customer)
  const left = (before.available[currency] ?? 0) + amount
  world.insert('~cash_balance', { ...before, available: { ...before.available, [currency]: left } })
  return left
}
