import { inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOfValues } from '../../protocol/list.ts'
import {
  clearable,
  createdRange,
  currency,
  hash,
  integer,
  mergeMetadata,
  metadata,
  paging,
  text,
} from '../../protocol/parameters.ts'
import { route, type Route } from '../../protocol/route.ts'
import { invalidRequest, missing } from '../../protocol/stripe-error.ts'
import type { CustomerBalanceTransaction } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { adjustBalance } from './adjust-balance.ts'

const createBalance = route({
  method: 'POST',
  path: '/v1/customers/:customer/balance_transactions',
  params: hash({
    amount: integer,
    currency,
    description: text.optional(),
    metadata: metadata.optional(),
  }),
  handle: ({ world, path, params }) => {
    const customer = inPath(world, 'customer', path['customer'])
    const own = customer.currency ?? null
    if (own !== null && own !== params.currency) {
      throw invalidRequest(
        `The customer's currency is ${own}: its balance cannot be moved in ${params.currency}.`,
        { param: 'currency' },
      )
    }
    return adjustBalance(world, customer.id, {
      amount: params.amount,
      type: 'adjustment',
      currency: params.currency,
      description: params.description,
      metadata: mergeMetadata({}, params.metadata),
    })
  },
})

function balanceEntry(
  world: World,
  path: Readonly<Record<string, string>>,
): CustomerBalanceTransaction {
  const customer = inPath(world, 'customer', path['customer'])
  const entry = inPath(
    world,
    'customer_balance_transaction',
    path['transaction'],
    'customer balance transaction',
  )
  if (entry.customer !== customer.id) throw missing('customer balance transaction', entry.id)
  return entry
}

const retrieveBalance = route({
  method: 'GET',
  path: '/v1/customers/:customer/balance_transactions/:transaction',
  params: hash({}),
  handle: ({ world, path }) => balanceEntry(world, path),
})

const updateBalance = route({
  method: 'POST',
  path: '/v1/customers/:customer/balance_transactions/:transaction',
  params: hash({ description: clearable(text).optional(), metadata: metadata.optional() }),
  handle: ({ world, path, params }) => {
    const entry = balanceEntry(world, path)
    return world.patch('customer_balance_transaction', entry.id, {
      description: params.description === undefined ? entry.description : params.description,
      metadata: mergeMetadata(entry.metadata ?? {}, params.metadata),
    })
  },
})

const allBalance = route({
  method: 'GET',
  path: '/v1/customers/:customer/balance_transactions',
  params: hash({ ...paging, invoice: text.optional(), created: createdRange.optional() }),
  handle: ({ world, path, params }) => {
    const customer = inPath(world, 'customer', path['customer'])
    const entries = world
      .where('customer_balance_transaction', 'customer', customer.id)
      .filter((entry) => params.invoice === undefined || entry.invoice === params.invoice)
      .filter((entry) => isCreatedIn(entry.created, params.created))
      .reverse()
    return pageOfValues(entries, params, `/v1/customers/${customer.id}/balance_transactions`)
  },
})

/** `/v1/customers/:customer/balance_transactions`. */
export const balanceRoutes: readonly Route[] = [
  createBalance,
  retrieveBalance,
  updateBalance,
  allBalance,
]
