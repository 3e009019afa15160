import { describe, expect, test } from 'vitest'
import { eventOf, stateOf } from '../../test/support/reduced.ts'
import type { ManualBody, Observation, ReadBody } from './observation.ts'
import { reduce } from './reduce.ts'

const subscription = {
  id: 'sub_1',
  object: 'subscription',
  customer: 'cus_1',
  status: 'active',
  metadata: { seats: '5', tier: 'team', customer_id: 'ada' },
  items: { data: [{ id: 'si_1', quantity: 5, price: { id: 'price_b', product: 'prod_b' } }] },
  pause_collection: null,
}

describe('an event', () => {
  test('carries its own name, second and request id in every form Stripe gave requests', () => {
    const seen = [{ id: 'req_1', idempotency_key: null }, 'req_1', null, { id: null }, 7].map(
      (request) => reduce(eventOf('customer.subscription.paused', subscription, { request })),
    )

    expect(seen.map(({ snapshots }) => snapshots[0]?.request)).toEqual([
      'req_1',
      'req_1',
      null,
      null,
      null,
    ])
    expect(seen[0]?.snapshots[0]).toMatchObject({
      type: 'subscription',
      object: 'sub_1',
      observation: 'evt_1',
      origin: 'event',
      eventType: 'customer.subscription.paused',
      at: 1_760_000_000,
      before: null,
    })
  })

  test('gives the whole state before it where it names previous attributes', () => {
    const previous = {
      status: 'incomplete',
      metadata: { seats: '2', customer_id: null },
      items: { data: [{ id: 'si_1', quantity: 2, price: { id: 'price_a', product: 'prod_a' } }] },
      pause_collection: { behavior: 'void', resumes_at: null },
    }

    const [snapshot] = reduce(
      eventOf('customer.subscription.updated', subscription, { previous }),
    ).snapshots

    expect(snapshot?.before).toEqual(
      stateOf(
        reduce(
          eventOf('customer.subscription.updated', {
            ...subscription,
            ...previous,
            metadata: { seats: '2', tier: 'team' },
          }),
        ),
        'subscription',
      ),
    )
    expect(snapshot?.after).toMatchObject({ status: 'active', metadata: { customer_id: 'ada' } })
  })

  test.each([[{}], [[]], [null], [undefined]])(
    'has no state before it where previous attributes are %o',
    (previous) => {
      const [snapshot] = reduce(
        eventOf('customer.subscription.updated', subscription, { previous }),
      ).snapshots

      expect(snapshot?.before).toBeNull()
    },
  )

  test('keeps what it says now when its past cannot be read, and says so', () => {
    const reduction = reduce(
      eventOf('customer.subscription.updated', subscription, { previous: { status: 7 } }),
    )

    expect(reduction.snapshots).toHaveLength(1)
    expect(reduction.snapshots[0]?.before).toBeNull()
    expect(reduction.problem?.message).toContain('subscription before.status')
  })

  test('gives the objects that old payloads embed', () => {
    const { snapshots } = reduce(
      eventOf('charge.refunded', {
        id: 'ch_1',
        object: 'charge',
        amount: 500,
        status: 'succeeded',
        refunds: { data: [{ id: 're_1', amount: 200, status: 'succeeded' }] },
      }),
    )

    expect(snapshots.map(({ type, object }) => [type, object])).toEqual([
      ['charge', 'ch_1'],
      ['refund', 're_1'],
    ])
    expect(snapshots[1]?.after).toMatchObject({ charge: 'ch_1', amount: 200 })
  })

  test('gives the charges of an old payment intent and the payments of an invoice', () => {
    const intent = reduce(
      eventOf('payment_intent.succeeded', {
        id: 'pi_1',
        object: 'payment_intent',
        status: 'succeeded',
        charges: { data: [{ id: 'ch_1', amount: 5, status: 'succeeded', refunds: { data: [] } }] },
      }),
    )
    const invoice = reduce(
      eventOf('invoice.paid', {
        id: 'in_1',
        object: 'invoice',
        status: 'paid',
        payments: {
          data: [{ id: 'inpay_1', status: 'paid', payment: { payment_intent: 'pi_1' } }],
        },
      }),
    )

    expect(stateOf(intent, 'charge').paymentIntent).toBe('pi_1')
    expect(stateOf(invoice, 'invoice_payment')).toMatchObject({
      invoice: 'in_1',
      paymentIntent: 'pi_1',
    })
  })

  test.each([
    ['payout.paid', { id: 'po_1', object: 'payout' }],
    ['customer.source.created', { id: 'card_1', object: 'card', status: 7 }],
    ['customer.discount.created', 'nonsense'],
    ['something.new', { id: 'x_1', object: 'something' }],
    ['invoice.upcoming', { id: null, object: 'invoice' }],
    ['invoice.upcoming', { id: 'upcoming_in_1', object: 'invoice', status: 'draft' }],
    ['customer.created', { id: 'act_1', object: 'proviso.manual', customer: 'ada' }],
  ])('of type %s with %o gives nothing and is no problem', (type, object) => {
    expect(reduce(eventOf(type, object))).toEqual({ snapshots: [], problem: null })
  })

  test('names path, expected and found type of a field that cannot be read', () => {
    const reduction = reduce(
      eventOf('customer.subscription.updated', {
        ...subscription,
        items: { data: [{ id: 'si_1', quantity: '5', price: { id: 'price_b' } }] },
      }),
    )

    expect(reduction).toEqual({
      snapshots: [],
      problem: {
        code: 'unreadable_field',
        message:
          'evt_1 (customer.subscription.updated): ' +
          'subscription.items.data[0].quantity: expected integer, found string',
      },
    })
  })

  test.each([
    ['no status', { id: 'sub_1', object: 'subscription' }, 'unreadable_field'],
    ['a fraction', { ...subscription, trial_end: 1.5 }, 'unreadable_field'],
    ['a list as customer', { ...subscription, customer: ['cus_1'] }, 'unreadable_field'],
    ['a huge customer id', { ...subscription, customer: 'c'.repeat(10_000) }, 'unreadable_field'],
    ['items as text', { ...subscription, items: 'si_1' }, 'unreadable_field'],
    ['an item as text', { ...subscription, items: { data: ['si_1'] } }, 'unreadable_field'],
    ['metadata as a list', { ...subscription, metadata: ['a'] }, 'unreadable_field'],
    ['no id', { ...subscription, id: null, customer: null }, 'unreadable_object'],
    ['a huge id', { ...subscription, id: 's'.repeat(10_000) }, 'unreadable_object'],
    ['NUL in its id', { ...subscription, id: 'sub_\u0000' }, 'unreadable_object'],
    ['a number for an id', { ...subscription, id: 7 }, 'unreadable_object'],
    ['text for an object', 'sub_1', 'unreadable_object'],
    ['a list for an object', [subscription], 'unreadable_object'],
  ])('of a subscription with %s is a problem, not a fact', (_what, object, code) => {
    const reduction = reduce(eventOf('customer.subscription.updated', object))

    expect(reduction.snapshots).toEqual([])
    expect(reduction.problem?.code).toBe(code)
  })

  test('keeps no text that PostgreSQL could not store, and no key that is not its own', () => {
    const object = JSON.parse(
      '{"id":"cus_1","object":"customer","metadata":{"b":"\\u0000x\\ud800","a":"1",' +
        '"__proto__":"evil","n":5,"constructor":"kept"}}',
    ) as unknown

    const { metadata } = stateOf(reduce(eventOf('customer.updated', object)), 'customer')

    expect(Object.entries(metadata)).toEqual([
      ['a', '1'],
      ['b', '\uFFFDx\uFFFD'],
      ['constructor', 'kept'],
    ])
  })

  test('takes the empty array some encoders write for an empty hash', () => {
    const customer = { id: 'cus_1', object: 'customer', metadata: [], invoice_settings: [] }

    expect(reduce(eventOf('customer.created', customer)).problem).toBeNull()
  })

  test('names the charge of a dispute so old that it has no id', () => {
    const dispute = { object: 'dispute', charge: 'ch_1', amount: 5, status: 'won' }

    expect(reduce(eventOf('charge.dispute.closed', dispute)).snapshots[0]?.object).toBe(
      'ch_1#dispute',
    )
  })
})

describe('a read', () => {
  const readOf = (body: Partial<ReadBody>): Observation => ({
    kind: 'read',
    id: 'read_1',
    type: 'subscription',
    created: 1_760_000_009,
    body: {
      object: 'proviso.read',
      type: 'subscription',
      id: 'sub_1',
      requested_at: 1_760_000_000,
      result: subscription,
      ...body,
    },
  })

  test('holds from the second its request started', () => {
    const reduction = reduce(readOf({}))

    expect(reduction.problem).toBeNull()
    expect(reduction.snapshots[0]).toMatchObject({
      origin: 'read',
      eventType: 'read',
      at: 1_760_000_000,
      request: null,
      observation: 'read_1',
      after: { status: 'active' },
    })
  })

  test('of an object Stripe does not know says that it is absent', () => {
    expect(reduce(readOf({ result: null })).snapshots).toEqual([
      expect.objectContaining({ type: 'subscription', object: 'sub_1', after: null, before: null }),
    ])
  })

  test('of a customer’s entitlements is their summary', () => {
    const reduction = reduce(
      readOf({
        type: 'entitlement_summary',
        id: 'cus_1',
        result: {
          object: 'proviso.entitlements',
          customer: 'cus_1',
          data: [{ lookup_key: 'b' }, { lookup_key: 'a' }],
          has_more: false,
        },
      }),
    )

    expect(stateOf(reduction, 'entitlement_summary')).toEqual({
      lookupKeys: ['a', 'b'],
      hasMore: false,
    })
  })

  test.each([
    ['another object', { result: { ...subscription, id: 'sub_2' } }],
    ['another type', { result: { id: 'sub_1', object: 'invoice', status: 'paid' } }],
    ['no object', { result: 'sub_1' }],
    ['nothing said', { result: undefined }],
    ['a type nobody needs', { type: 'payout' }],
    ['a key of the prototype as type', { type: 'constructor' }],
  ])('that answers with %s is a problem', (_what, body) => {
    expect(reduce(readOf(body))).toMatchObject({
      snapshots: [],
      problem: { code: 'unreadable_object' },
    })
  })
})

describe('a manual act', () => {
  const manualOf = (body: Partial<ManualBody>): Observation => ({
    kind: 'manual',
    id: 'act_1',
    type: 'manual',
    created: 1_760_000_000,
    body: {
      object: 'proviso.manual',
      id: 'gift-1',
      act: 'grant',
      customer: 'ada',
      feature: 'sso',
      value: true,
      from: 1_760_000_000,
      until: null,
      note: null,
      ...body,
    },
  })

  test('is a grant, and its revocation the same grant revoked', () => {
    const grant = reduce(manualOf({})).snapshots[0]
    const revocation = reduce(manualOf({ act: 'revoke' })).snapshots[0]

    expect(grant).toMatchObject({ type: 'manual_grant', object: 'gift-1', origin: 'manual' })
    expect(grant?.after).toEqual({
      customer: 'ada',
      feature: 'sso',
      value: true,
      from: 1_760_000_000,
      until: null,
      isRevoked: false,
      note: null,
    })
    expect(revocation?.object).toBe('gift-1')
    expect(revocation?.after).toMatchObject({ isRevoked: true })
  })

  test.each([[12], [2.5], [false], [null]])('may carry the value %o', (value) => {
    expect(stateOf(reduce(manualOf({ value })), 'manual_grant').value).toBe(value)
  })
})
