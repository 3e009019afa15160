import type { Module } from '../../module.ts'
import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf } from '../../protocol/list.ts'
import { createdRange, currency, hash, paging, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import type { BalanceTransaction } from '../../tables.ts'
import type { World } from '../../world/world.ts'

const retrieve = route({
  method: 'GET',
  path: '/v1/balance_transactions/:transaction',
  params: hash({}),
  handle: ({ world, path }) =>
    asOfNow(
      world,
      inPath(world, 'balance_transaction', path['transaction'], 'balance transaction'),
    ),
})

const all = route({
  method: 'GET',
  path: '/v1/balance_transactions',
  params: hash({
    ...paging,
    created: createdRange.optional(),
    currency: currency.optional(),
    source: text.optional(),
    type: text.optional(),
  }),
  handle: ({ world, params }) => {
    const page = pageOf(
      world.table('balance_transaction'),
      params,
      '/v1/balance_transactions',
      (transaction) =>
        (params.currency === undefined || transaction.currency === params.currency) &&
        (params.source === undefined || transaction.source === params.source) &&
        (params.type === undefined || transaction.type === params.type) &&
        isCreatedIn(transaction.created, params.created),
    )
    return { ...page, data: page.data.map((transaction) => asOfNow(world, transaction)) }
  },
})

/** Money becomes available by the passing of time alone, and no event tells of it. */
function asOfNow(world: World, transaction: BalanceTransaction): BalanceTransaction {
  return transaction.status === 'pending' && transaction.available_on <= world.now()
    ? { ...transaction, status: 'available' }
    : transaction
}

export const balanceTransactions: Module = { routes: [retrieve, all] }
