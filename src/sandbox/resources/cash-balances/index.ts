import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { pageOfValues } from '../../protocol/list.ts'
import { count, currency, hash, oneOf, paging, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Customer } from '../../tables.ts'
import { cashBalanceOf, cashBalanceRecord } from './cash-balance.ts'
import { fundCashBalance } from './fund-cash-balance.ts'

const fund = route({
  method: 'POST',
  path: '/v1/test_helpers/customers/:customer/fund_cash_balance',
  params: hash({ amount: count, currency, reference: text.optional() }),
  handle: ({ world, path, params }) => {
    const customer = inPath(world, 'customer', path['customer'])
    if (params.amount < 1) {
      throw invalidRequest('This value must be greater than or equal to 1.', { param: 'amount' })
    }
    return fundCashBalance(world, customer.id, {
      amount: params.amount,
      currency: params.currency,
      reference: params.reference ?? null,
    })
  },
})

const retrieve = route({
  method: 'GET',
  path: '/v1/customers/:customer/cash_balance',
  params: hash({}),
  handle: ({ world, path }) => cashBalanceOf(world, inPath(world, 'customer', path['customer']).id),
})

const update = route({
  method: 'POST',
  path: '/v1/customers/:customer/cash_balance',
  params: hash({
    settings: hash({
      reconciliation_mode: oneOf('automatic', 'manual', 'merchant_default').optional(),
    }).optional(),
  }),
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'customer', path['customer'])
    const reconciliation = params.settings?.reconciliation_mode
    const before = cashBalanceRecord(world, id)
    world.insert('~cash_balance', {
      ...before,
      reconciliation: reconciliation ?? before.reconciliation,
    })
    return cashBalanceOf(world, id)
  },
})

const transactions = route({
  method: 'GET',
  path: '/v1/customers/:customer/cash_balance_transactions',
  params: hash(paging),
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'customer', path['customer'])
    return pageOfValues(
      world.where('customer_cash_balance_transaction', 'customer', id).reverse(),
      params,
      `/v1/customers/${id}/cash_balance_transactions`,
    )
  },
})

const transaction = route({
  method: 'GET',
  path: '/v1/customers/:customer/cash_balance_transactions/:transaction',
  params: hash({}),
  handle: ({ world, path }) => {
    inPath(world, 'customer', path['customer'])
    return inPath(world, 'customer_cash_balance_transaction', path['transaction'])
  },
})

export const cashBalances: Module = {
  routes: [fund, retrieve, update, transactions, transaction],
  includables: {
    customer: { cash_balance: (world, customer: Customer) => cashBalanceOf(world, customer.id) },
  },
}
