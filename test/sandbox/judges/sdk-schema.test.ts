import { describe, expect, it } from 'vitest'
import { sampleCustomer, samplePrice } from './samples.ts'
import {
  describeViolation,
  eventTypes,
  parameterNames,
  readPath,
  routeOf,
  routes,
  thinEventTypes,
  validateAnswer,
} from './sdk-schema.ts'

describe('what there is', () => {
  it('is counted as the SDK has it', () => {
    expect(eventTypes.size).toBe(275)
    expect(routes).toHaveLength(650)
    expect(eventTypes.has('invoice.paid')).toBe(true)
    expect(eventTypes.has('v1.billing.meter.no_meter_found')).toBe(false)
    expect(thinEventTypes.has('v1.billing.meter.no_meter_found')).toBe(true)
  })

  it('finds the route of a request, fixed paths before variable ones', () => {
    expect(routeOf('POST', '/v1/invoices/create_preview')?.path).toBe('/v1/invoices/create_preview')
    expect(routeOf('GET', '/v1/invoices/in_1')?.path).toBe('/v1/invoices/{id}')
    expect(routeOf('GET', '/v1/payment_pages/cs_1')).toBeUndefined()
    expect(routeOf('PUT', '/v1/customers')).toBeUndefined()
  })

  it('knows where an object is read by its id alone', () => {
    expect(readPath('customer', 'cus_1')).toBe('/v1/customers/cus_1')
    expect(readPath('checkout.session', 'cs_1')).toBe('/v1/checkout/sessions/cs_1')
    expect(readPath('test_helpers.test_clock', 'c')).toBe('/v1/test_helpers/test_clocks/c')
    expect(readPath('discount', 'di_1')).toBeUndefined()
  })

  it("knows a route's parameters by name", () => {
    const names = parameterNames('POST', '/v1/subscriptions')
    expect(names?.has('trial_period_days')).toBe(true)
    expect(names?.has('expand')).toBe(true)
    expect(names?.has('coupon')).toBe(false)
    expect(parameterNames('GET', '/v1/customers')).toEqual(
      new Set([
        ...['created', 'email', 'ending_before', 'expand', 'limit', 'starting_after', 'test_clock'],
      ]),
    )
    expect(parameterNames('GET', '/v1/nothing')).toBeUndefined()
  })
})

describe('an answer', () => {
  const answer = (method: string, path: string, status: number, body: unknown) =>
    validateAnswer({ method, path, status, body }).map(describeViolation)

  it('is what the method of the SDK promises', () => {
    expect(answer('GET', '/v1/customers/cus_1', 200, sampleCustomer())).toEqual([])
    expect(
      answer('DELETE', '/v1/customers/cus_1', 200, { id: 'c', object: 'customer', deleted: true }),
    ).toEqual([])
    const data = [sampleCustomer()]
    const list = { object: 'list', data, has_more: false, url: '/v1/customers' }
    expect(answer('GET', '/v1/customers', 200, list)).toEqual([])
  })

  it('may not be another object', () => {
    expect(answer('DELETE', '/v1/customers/cus_1', 200, sampleCustomer())).not.toEqual([])
    expect(answer('GET', '/v1/customers', 200, sampleCustomer())).not.toEqual([])
    expect(answer('POST', '/v1/customers', 200, samplePrice())).not.toEqual([])
  })

  it('that refuses says why, in the words of Stripe', () => {
    const error = { type: 'invalid_request_error', message: 'No such customer', param: 'customer' }
    expect(answer('GET', '/v1/customers/x', 404, { error })).toEqual([])
    const coded = { ...error, code: 'resource_missing' }
    expect(answer('GET', '/v1/customers/x', 404, { error: coded })).toEqual([])
    expect(
      answer('GET', '/v1/customers/x', 404, { error: { ...error, code: 'lost' } }),
    ).toHaveLength(1)
    expect(answer('GET', '/v1/customers/x', 404, { message: 'Not Found' })).not.toEqual([])
    expect(answer('GET', '/v1/customers/x', 404, { error: { message: 'no' } })).toHaveLength(1)
  })

  it('of a route that the SDK does not know is wrong', () => {
    expect(answer('GET', '/v1/nothing', 200, {})).toHaveLength(1)
  })
})
