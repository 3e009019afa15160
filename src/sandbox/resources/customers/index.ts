import type { Module } from '../../module.ts'
import { inParameter, inPath } from '../../protocol/find.ts'
import { isCreatedIn, pageOf } from '../../protocol/list.ts'
import { createdRange, hash, mergeMetadata, paging, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { missing } from '../../protocol/stripe-error.ts'
import type { Customer } from '../../tables.ts'
import { balanceRoutes } from './balance-routes.ts'
import { createCustomer } from './create-customer.ts'
import { dropDiscount } from './customer-discount.ts'
import { deleteCustomer } from './delete-customer.ts'
import { customerIncludables } from './includables.ts'
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
    const { test_clock: clock, metadata: given, tax_exempt: exempt, ...fields } = params
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
    return {
      ...Object.fromEntries(Object.entries(dropped).filter(([field]) => field !== 'end')),
      deleted: true,
    }
  },
})

export const customers: Module = {
  routes: [create, update, retrieve, all, remove, removeDiscount, ...balanceRoutes],
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
  includables: customerIncludables,
}
