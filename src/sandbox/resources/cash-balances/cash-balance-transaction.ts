import type { CashBalanceTransaction } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { addCash } from './cash-balance.ts'

type What = Pick<
  CashBalanceTransaction,
  'type' | 'funded' | 'applied_to_payment' | 'refunded_from_payment' | 'unapplied_from_payment'
>

/** Moves money in or out of a customer's cash balance. Emits customer_cash_balance_transaction.created. */
export function moveCash(
  world: World,
  move: { readonly customer: string; readonly currency: string; readonly amount: number },
  what: What,
): CashBalanceTransaction {
  const { customer, currency, amount } = move
  const transaction = world.insert('customer_cash_balance_transaction', {
    id: world.id('ccsbtxn'),
    object: 'customer_cash_balance_transaction',
    created: world.now(customer),
    currency,
    customer,
    customer_account: null,
    ending_balance: addCash(world, customer, currency, amount),
    livemode: false,
    net_amount: amount,
    ...what,
  })
  world.emit('customer_cash_balance_transaction.created', transaction)
  return transaction
}
