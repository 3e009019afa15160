import { describe, expect, it } from 'vitest'
import { sampleCustomer, samplePrice, sampleSubscription } from './samples.ts'
import { describeViolation, validateObject } from './sdk-schema.ts'

const said = (value: unknown) => validateObject(value).map(describeViolation)

/** A subscription with something wrong in it. */
function wrong(change: (subscription: Record<string, unknown>) => void): string[] {
  const subscription: Record<string, unknown> = sampleSubscription()
  change(subscription)
  return said(subscription)
}

const list = (data: unknown[]) => ({
  object: 'list',
  data,
  has_more: false,
  url: '/v1/subscriptions',
})

describe('an object', () => {
  it.each([
    ['a price', samplePrice()],
    ['a customer', sampleCustomer()],
    ['a subscription', sampleSubscription()],
    [
      'a subscription with its customer expanded',
      { ...sampleSubscription(), customer: sampleCustomer() },
    ],
    ['a deleted customer', { id: 'cus_1', object: 'customer', deleted: true }],
    ['a list', list([sampleSubscription()])],
    ['an empty list', list([])],
    ['a search result', { ...list([samplePrice()]), object: 'search_result', next_page: null }],
  ])("passes as the SDK's types have it: %s", (_name, value) => {
    expect(said(value)).toEqual([])
  })

  it('may not carry a field that Stripe does not send', () => {
    expect(wrong((it) => (it['colour'] = 'red'))).toEqual([
      'colour: expected no such field, got "red" (in a subscription: colour)',
    ])
  })

  it('may not carry a field that Stripe has moved: current_period_end', () => {
    expect(wrong((it) => (it['current_period_end'] = 1_769_904_000))).toEqual([
      'current_period_end: expected no such field, got 1769904000 (in a subscription: current_period_end)',
    ])
  })

  it('may not miss a field', () => {
    expect(wrong((it) => delete it['cancel_at'])).toEqual([
      'cancel_at: expected a field, got none (in a subscription: cancel_at)',
    ])
  })

  it('may not have a value outside of a closed enum', () => {
    const [text] = wrong((it) => (it['status'] = 'live'))
    expect(text).toMatch(/^status: expected one of \["active",.*"unpaid"\], got "live"/)
  })

  it('may not be null where Stripe is not', () => {
    expect(wrong((it) => (it['cancel_at_period_end'] = null))).toEqual([
      'cancel_at_period_end: expected boolean, got null (in a subscription: cancel_at_period_end)',
    ])
  })

  it('may not have a number as a string', () => {
    expect(wrong((it) => (it['created'] = '1767225600'))).toHaveLength(1)
  })

  it('may not have a part of a second or of a cent', () => {
    expect(wrong((it) => (it['created'] = 1_767_225_600.5))).toEqual([
      'created: expected a whole number, got 1767225600.5 (in a subscription: created)',
    ])
  })

  it('names the innermost object of what is wrong deep inside', () => {
    const subscription = sampleSubscription()
    const broken = { ...subscription, items: structuredClone(subscription.items) }
    Object.assign(broken.items.data[0]?.price ?? {}, { unit_amount_decimal: 900 })
    expect(validateObject(list([broken]))).toEqual([
      {
        path: 'data[0].items.data[0].price.unit_amount_decimal',
        object: 'price',
        field: 'unit_amount_decimal',
        expected: 'null or string',
        got: '900',
      },
    ])
  })

  it('is judged by what it is where an id is expected: a wrong customer, not "no string"', () => {
    const customer = { ...sampleCustomer(), subscriptions_url: '/v1' }
    expect(said({ ...sampleSubscription(), customer })).toEqual([
      'customer.subscriptions_url: expected no such field, got "/v1" (in a customer: subscriptions_url)',
    ])
  })

  it('must say what it is, by a name of the SDK', () => {
    expect(said({ ...samplePrice(), object: 'cost' })).toHaveLength(1)
    expect(said({})).toHaveLength(1)
    expect(said(null)).toHaveLength(1)
  })

  it('may not say deleted: false', () => {
    expect(said({ ...sampleCustomer(), deleted: false })).not.toEqual([])
  })

  it('is a list only with all four fields', () => {
    expect(said({ object: 'list', data: [], has_more: false, total_count: 0 })).toEqual([
      'url: expected a field, got none (in a value: url)',
      'total_count: expected no such field, got 0 (in a value: total_count)',
      'url: expected a string, got nothing (in a value: url)',
    ])
  })
})
