import { inParameter } from '../../protocol/find.ts'
import type { Customer, CustomerBalanceTransaction } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeCustomer } from './change-customer.ts'

export interface Adjustment {
  /** Minor units: negative is credit to the customer. */
  readonly amount: number
  readonly type: CustomerBalanceTransaction['type']
  readonly currency?: string | undefined
  readonly description?: string | null | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
  readonly invoice?: string | undefined
  readonly creditNote?: string | undefined
  /** The balance already stands on the customer: write the entry only. */
  readonly silent?: boolean
}

/** Moves a customer's balance: a transaction, and `customer.updated` with the balance before. Throws where it is gone. */
export function adjustBalance(
  world: World,
  customerId: string,
  adjustment: Adjustment,
): CustomerBalanceTransaction {
  const customer = inParameter(world, 'customer', customerId, 'customer')
  const balance = customer.balance + (adjustment.silent === true ? 0 : adjustment.amount)
  const currency = adjustment.currency ?? customer.currency ?? 'usd'
  const transaction = world.insert('customer_balance_transaction', {
    id: world.id('cbtxn'),
    object: 'customer_balance_transaction',
    amount: adjustment.amount,
    checkout_session: null,
    created: world.now(customerId),
    credit_note: adjustment.creditNote ?? null,
    currency,
    customer: customerId,
    customer_account: null,
    description: adjustment.description ?? null,
    ending_balance: balance,
    invoice: adjustment.invoice ?? null,
    livemode: false,
    metadata: adjustment.metadata ?? {},
    type: adjustment.type,
  })
  if (adjustment.silent !== true) {
    const fields: Partial<Customer> = { balance, currency: customer.currency ?? currency }
    changeCustomer(world, customerId, fields)
  }
  return transaction
}
