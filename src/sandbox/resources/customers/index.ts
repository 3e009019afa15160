import type { Module } from '../../module.ts'
import { inParameter, inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf, pageOfValues } from '../../protocol/list.ts'
import {
  clearable,
  createdRange,
  currency,
  hash,
  integer,
  metadata,
  mergeMetadata,
  paging,
  text,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest, missing } from '../../protocol/stripe-error.ts'
import type { Customer } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { adjustBalance } from './adjust-balance.ts'
import { createCustomer } from './create-customer.ts'
import { dropDiscount } from './customer-discount.ts'
import { deleteCustomer } from './delete-customer.ts'
import { customerParameters, withLegacyDiscount } from './parameters.ts'
import { updateCustomer } from './update-customer.ts'

const create = route({
  method: 'POST',
  path: '/v1/customers',
  params: hash({
    ...customerParameters,
    payment_method: text.optional(),
    test_clock: text.optional(),
  }),
  legacy: withLegacyDiscount,
  handle: ({ world, params }) => {
    const { test_clock: clock, metadata: given, tax_exempt: exempt, tax: _, ...fields } = params
    const { invoice_settings: settings, '~promotion_code': code, source } = params
    if (clock !== undefined) {
      inParameter(world, 'test_helpers.test_clock', clock, 'test_clock', 'test clock')
    }
    const coupon = params['~coupon']
    if (typeof coupon === 'string') inParameter(world, 'coupon', coupon, 'coupon')
    return createCustomer(world, {
      ...fields,
      invoice_settings: (settings ?? {}) as Partial<Customer['invoice_settings']>,
      source,
      coupon: coupon ?? undefined,
      promotion_code: code ?? undefined,
      metadata: mergeMetadata({}, given),
      tax_exempt: exempt ?? 'none',
      test_clock: clock,
    })
  },
})

const update = route({
  method: 'POST',
  path: '/v1/customers/:customer',
  params: hash({ ...customerParameters, default_source: text.optional() }),
  legacy: withLegacyDiscount,
  handle: ({ world, path, params }) => {
    const { '~coupon': coupon, '~promotion_code': code, ...update } = params
    const { id } = inPath(world, 'customer', path['customer'])
    return updateCustomer(world, id, { ...update, coupon, promotion_code: code })
  },
})

const retrieve = route({
  method: 'GET',
  path: '/v1/customers/:customer',
  params: hash({}),
  handle: ({ world, path }) => {
    const id = path['customer'] ?? ''
    // A deleted customer can still be retrieved, as no more than that.
    return world.table('customer').wasRemoved(id)
      ? { id, object: 'customer', deleted: true }
      : inPath(world, 'customer', id)
  },
})

const all = route({
  method: 'GET',
  path: '/v1/customers',
  params: hash({
    ...paging,
    created: createdRange.optional(),
    email: text.optional(),
    test_clock: text.optional(),
  }),
  handle: ({ world, params }) =>
    pageOf(
      world.table('customer'),
      params,
      '/v1/customers',
      (customer) =>
        (params.email === undefined || customer.email === params.email) &&
        // Customers of test clocks are listed only where their clock is asked for.
        (customer.test_clock ?? null) === (params.test_clock ?? null) &&
        isCreatedIn(customer.created, params.created),
    ),
})

const remove = route({
  method: 'DELETE',
  path: '/v1/customers/:customer',
  params: hash({}),
  handle: ({ world, path }) => {
    const { id } = inPath(world, 'customer', path['customer'])
    deleteCustomer(world, id)
    return { id, object: 'customer', deleted: true }
  },
})

const removeDiscount = route({
  method: 'DELETE',
  path: '/v1/customers/:customer/discount',
  params: hash({}),
  handle: ({ world, path }) => {
    const { id } = inPath(world, 'customer', path['customer'])
    const dropped = dropDiscount(world, id)
    if (dropped === null) throw missing('discount', id, 'discount')
    const { end: _, ...discount } = dropped
    return { ...discount, deleted: true }
  },
})

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

function balanceEntry(world: World, path: Readonly<Record<string, string>>) {
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

function embedded(url: string, data: readonly unknown[]) {
  return { object: 'list', data: data.slice(0, 10), has_more: data.length > 10, url }
}

export const customers: Module = {
  routes: [
    create,
    update,
    retrieve,
    all,
    remove,
    removeDiscount,
    createBalance,
    retrieveBalance,
    updateBalance,
    allBalance,
  ],
  jobs: {
    'customer.discount_end': (world, id) => {
      dropDiscount(world, id)
    },
  },
  reactions: {
    'test_clock.deleting': (world, { id }) => {
      for (const customer of world.where('customer', 'test_clock', id)) {
        deleteCustomer(world, customer.id)
      }
    },
  },
  includables: {
    customer: {
      sources: (world, { id }: Customer) =>
        embedded(`/v1/customers/${id}/sources`, world.where('card', 'customer', id).reverse()),
      subscriptions: (world, { id }: Customer) =>
        embedded(
          `/v1/subscriptions?customer=${id}`,
          world
            .where('subscription', 'customer', id)
            .filter(({ ended_at: ended }) => ended === null)
            .reverse(),
        ),
      tax: (_world, customer: Customer) => ({
        automatic_tax:
          (customer.address?.country ?? null) === null ? 'unrecognized_location' : 'supported',
        ip_address: null,
        location:
          (customer.address?.country ?? null) === null
            ? null
            : {
                country: customer.address?.country,
                source: 'billing_address',
                state: customer.address?.state ?? null,
              },
        provider: 'stripe',
      }),
      tax_ids: (_world, { id }: Customer) => embedded(`/v1/customers/${id}/tax_ids`, []),
      invoice_credit_balance: (_world, customer: Customer) =>
        customer.balance === 0 || (customer.currency ?? null) === null
          ? {}
          : { [customer.currency ?? '']: -customer.balance },
      cash_balance: () => null,
    },
  },
}
