import { describe, expect, it } from 'vitest'
import { sampleCustomer, sampleEvent, samplePrice, sampleSubscription } from './samples.ts'
import { describeViolation, validateEvent, validateObject } from './sdk-schema.ts'

describe('an event', () => {
  const updated = (previous: object) =>
    validateEvent(sampleEvent('customer.subscription.updated', sampleSubscription(), previous)).map(
      describeViolation,
    )

  it('passes with the object that its type names', () => {
    expect(validateEvent(sampleEvent('customer.created', sampleCustomer()))).toEqual([])
  })

  it('may not carry another object than its type names', () => {
    expect(validateEvent(sampleEvent('customer.created', samplePrice()))).not.toEqual([])
  })

  it('may not be of a type that Stripe does not have', () => {
    expect(validateEvent(sampleEvent('customer.renamed', sampleCustomer()))).toHaveLength(1)
  })

  it('may not miss a part of its envelope', () => {
    const event = sampleEvent('customer.created', sampleCustomer())
    Reflect.deleteProperty(event, 'pending_webhooks')
    expect(validateEvent(event)).toHaveLength(1)
  })

  it('tells of the fields that changed only: inside of objects too, of lists the whole', () => {
    const { items } = sampleSubscription()
    expect(updated({ status: 'past_due', cancel_at: null })).toEqual([])
    expect(updated({ metadata: { team: null } })).toEqual([])
    expect(updated({ cancellation_details: { reason: null } })).toEqual([])
    expect(updated({ items: { data: items.data } })).toEqual([])
  })

  it('may not tell of fields that there are not, or of values that cannot have been', () => {
    expect(updated({ current_period_end: 1 })).toHaveLength(1)
    expect(updated({ status: 'live' })).toHaveLength(1)
    expect(updated({ items: { data: [{ id: 'si_1' }] } })).not.toEqual([])
  })

  it('in another version is judged by its envelope alone', () => {
    const event = sampleEvent('customer.subscription.updated', {
      object: 'subscription',
      current_period_end: 1,
    })
    expect(validateEvent({ ...event, api_version: '2023-10-16' })).toEqual([])
    expect(validateEvent({ ...event, api_version: '2023-10-16', livemode: 'no' })).toHaveLength(1)
  })

  it('is found in lists', () => {
    const event = sampleEvent('customer.created', { ...sampleCustomer(), colour: 'red' })
    const list = { object: 'list', data: [event], has_more: false, url: '/v1/events' }
    expect(validateObject(list).map(describeViolation)).toEqual([
      'data[0].data.object.colour: expected no such field, got "red" (in a customer: colour)',
    ])
  })
})
