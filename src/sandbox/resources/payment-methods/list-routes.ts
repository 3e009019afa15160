import { inParameter, inPath } from '../../protocol/find.ts'
import { pageOf, pageOfValues } from '../../protocol/list.ts'
import { hash, oneOf, paging, text } from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import type { PaymentMethod } from '../../tables.ts'
import type { WireList } from '../../wire.ts'
import type { World } from '../../world/world.ts'
import { allowRedisplay, PAYMENT_METHOD_TYPES } from './payment-method-params.ts'

const kinds = {
  ...paging,
  allow_redisplay: allowRedisplay.optional(),
  type: oneOf(...PAYMENT_METHOD_TYPES, 'link', 'paypal', 'ideal', 'bancontact').optional(),
}

export const all = route({
  method: 'GET',
  path: '/v1/payment_methods',
  params: hash({ ...kinds, customer: text.optional() }),
  handle: ({ world, params }) => {
    const { customer, type, allow_redisplay: redisplay } = params
    if (customer === undefined) {
      return pageOf(
        world.table('payment_method'),
        params,
        '/v1/payment_methods',
        (method) =>
          method.customer !== null &&
          (type === undefined || method.type === type) &&
          (redisplay === undefined || method.allow_redisplay === redisplay),
      )
    }
    inParameter(world, 'customer', customer, 'customer')
    return listOf(world, customer, params, '/v1/payment_methods')
  },
})

export const ofCustomer = route({
  method: 'GET',
  path: '/v1/customers/:customer/payment_methods',
  params: hash(kinds),
  handle: ({ world, path, params }) => {
    const { id } = inPath(world, 'customer', path['customer'])
    return listOf(world, id, params, `/v1/customers/${id}/payment_methods`)
  },
})

export const oneOfCustomer = route({
  method: 'GET',
  path: '/v1/customers/:customer/payment_methods/:payment_method',
  params: hash({}),
  handle: ({ world, path }) => {
    const { id } = inPath(world, 'customer', path['customer'])
    const method = inPath(
      world,
      'payment_method',
      path['payment_method'],
      'PaymentMethod',
      'payment_method',
    )
    return method.customer === id
      ? method
      : inPath(world, 'payment_method', undefined, 'PaymentMethod', 'payment_method')
  },
})

function listOf(
  world: World,
  customer: string,
  params: {
    readonly type?: string | undefined
    readonly allow_redisplay?: string | undefined
    readonly limit?: number | undefined
    readonly starting_after?: string | undefined
    readonly ending_before?: string | undefined
  },
  url: string,
): WireList<PaymentMethod> {
  const methods = world
    .where('payment_method', 'customer', customer)
    .filter(
      (method) =>
        (params.type === undefined || method.type === params.type) &&
        (params.allow_redisplay === undefined || method.allow_redisplay === params.allow_redisplay),
    )
    .reverse()
  return pageOfValues(methods, params, url)
}
