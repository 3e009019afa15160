import { describe, expect, test } from 'vitest'
import {
  apiError,
  pageOf,
  startApiServer,
  type ApiAnswer,
  type ApiRequest,
} from '../../test/support/stripe-api-server.ts'
import Stripe from 'stripe'
import type { NeedType } from '../core/decision.ts'
import type { ReadBody } from './observation.ts'
import { createReader, type ReadOutcome, type ReaderOptions } from './reads.ts'
import { reduce } from './reduce.ts'

const TEST_MODE = { account: '', livemode: false }

/** Reads through the real SDK from a server that answers with `answer`. */
async function reading(
  answer: (request: ApiRequest) => ApiAnswer | undefined,
  need: { type: NeedType; object: string },
  scope = TEST_MODE,
  options: Partial<ReaderOptions> = {},
): Promise<{ outcome: ReadOutcome; requests: ApiRequest[] }> {
  await using server = await startApiServer(answer)
  const reader = createReader({
    apiKey: 'sk_test_1',
    host: '127.0.0.1',
    port: server.port,
    protocol: 'http',
    ...options,
  })
  return { outcome: await reader.read(need, scope), requests: server.requests }
}

function bodyOf(outcome: ReadOutcome): ReadBody {
  if (outcome.kind !== 'ok') throw new Error(`${outcome.kind}: ${outcome.message}`)
  return outcome.body
}

function snapshotsOf(outcome: ReadOutcome) {
  const body = bodyOf(outcome)
  return reduce({ kind: 'read', id: 'read_1', type: body.type, created: 0, body }).snapshots
}

const entriesOf = (prefix: string, count: number, more: object = {}) =>
  Array.from({ length: count }, (_unused, index) => ({ id: `${prefix}_${index}`, ...more }))

describe('a read', () => {
  const subscription = {
    id: 'sub_1',
    object: 'subscription',
    status: 'active',
    livemode: false,
    items: { object: 'list', data: [], has_more: false },
  }

  test('answers the object as Stripe sent it, and the second it was asked for', async () => {
    const before = Math.floor(Date.now() / 1000)
    const { outcome, requests } = await reading(() => ({ json: subscription }), {
      type: 'subscription',
      object: 'sub_1',
    })

    const body = bodyOf(outcome)
    expect(body).toMatchObject({ object: 'proviso.read', type: 'subscription', id: 'sub_1' })
    expect(JSON.parse(JSON.stringify(body.result))).toEqual(subscription)
    expect(body.requested_at).toBeGreaterThanOrEqual(before - 1)
    expect(body.requested_at).toBeLessThanOrEqual(Math.floor(Date.now() / 1000))
    expect(requests.map((request) => request.path)).toEqual(['/v1/subscriptions/sub_1'])
    expect(requests[0]?.headers['authorization']).toBe('Bearer sk_test_1')
    expect(requests[0]?.headers['stripe-account']).toBeUndefined()
  })

  test('is not dated by our clock where that is ahead of Stripe’s', async () => {
    const date = 'Sun, 22 Nov 2026 04:00:00 GMT'
    const { outcome } = await reading(
      () => ({ json: subscription, headers: { date } }),
      { type: 'subscription', object: 'sub_1' },
      TEST_MODE,
      { now: () => Date.parse(date) + 90_000 },
    )

    expect(bodyOf(outcome).requested_at).toBe(Date.parse(date) / 1000)
  })

  test('is dated by the clock it is given, whatever Stripe’s or ours says', async () => {
    const date = 'Sun, 22 Nov 2026 04:00:00 GMT'
    const { outcome } = await reading(
      () => ({ json: subscription, headers: { date } }),
      { type: 'subscription', object: 'sub_1' },
      TEST_MODE,
      { second: () => Promise.resolve(1_900_000_000) },
    )

    expect(bodyOf(outcome).requested_at).toBe(1_900_000_000)
  })

  test('asks on behalf of the connected account of its scope', async () => {
    const { requests } = await reading(
      () => ({ json: subscription }),
      { type: 'subscription', object: 'sub_1' },
      { account: 'acct_7', livemode: false },
    )

    expect(requests[0]?.headers['stripe-account']).toBe('acct_7')
  })

  test('works through an instance of the SDK that the app made', async () => {
    await using server = await startApiServer(() => ({ json: subscription }))
    const stripe = new Stripe('sk_test_2', {
      host: '127.0.0.1',
      port: server.port,
      protocol: 'http',
    })

    const outcome = await createReader({ stripe }).read(
      { type: 'subscription', object: 'sub_1' },
      TEST_MODE,
    )

    expect(outcome.kind).toBe('ok')
    expect(server.requests[0]?.headers['authorization']).toBe('Bearer sk_test_2')
  })

  test('of an object Stripe does not know is an answer', async () => {
    const { outcome } = await reading(() => undefined, { type: 'charge', object: 'ch_1' })

    expect(bodyOf(outcome)).toMatchObject({ type: 'charge', id: 'ch_1', result: null })
    expect(snapshotsOf(outcome)).toMatchObject([{ object: 'ch_1', after: null }])
  })

  test.each<[NeedType, string, string]>([
    ['payment_intent', 'pi_1', '/v1/payment_intents/pi_1'],
    ['refund', 're_1', '/v1/refunds/re_1'],
    ['dispute', 'dp_1', '/v1/disputes/dp_1'],
    ['customer', 'cus_1', '/v1/customers/cus_1'],
    ['customer', '../plans?a=1', '/v1/customers/..%2Fplans%3Fa%3D1'],
  ])('of a %s asks one address', async (type, object, path) => {
    const { requests } = await reading(() => ({ json: { id: object } }), { type, object })

    expect(requests.map((request) => request.path)).toEqual([path])
  })
})

describe('a list that Stripe cuts short', () => {
  test('of a session’s line items is read whole, with prices and products', async () => {
    const items = entriesOf('li', 230, { quantity: 1, price: { id: 'price_1', product: 'prod_1' } })
    const { outcome, requests } = await reading(
      ({ path, query }) => {
        if (path.endsWith('/line_items')) return pageOf(items, query)
        const line_items = pageOf(items, new URLSearchParams()).json
        return { json: { id: 'cs_1', object: 'checkout.session', line_items } }
      },
      { type: 'checkout_session', object: 'cs_1' },
    )

    const [snapshot] = snapshotsOf(outcome)
    expect(requests[0]?.query.getAll('expand[]')).toEqual(['line_items'])
    expect(requests).toHaveLength(4)
    expect(snapshot?.type === 'checkout_session' && snapshot.after?.lineItems?.length).toBe(230)
  })

  test('of an invoice’s lines and payments is read whole', async () => {
    const lines = entriesOf('il', 25, { amount: 1 })
    const payments = Array.from({ length: 12 }, (_unused, index) => ({
      id: `inpay_${index}`,
      object: 'invoice_payment',
      status: 'paid',
      payment: { payment_intent: `pi_${index}` },
    }))
    const { outcome, requests } = await reading(
      ({ path, query }) => {
        if (path === '/v1/invoices/in_1/lines') return pageOf(lines, query, 10)
        if (path === '/v1/invoice_payments') return pageOf(payments, query)
        const first = new URLSearchParams()
        return {
          json: {
            id: 'in_1',
            object: 'invoice',
            status: 'paid',
            lines: pageOf(lines, first).json,
            payments: pageOf(payments, first).json,
          },
        }
      },
      { type: 'invoice', object: 'in_1' },
    )

    const snapshots = snapshotsOf(outcome)
    const [invoice] = snapshots
    expect(requests[0]?.query.getAll('expand[]')).toEqual(['payments'])
    expect(requests.at(-1)?.query.get('invoice')).toBe('in_1')
    expect(invoice?.type === 'invoice' && invoice.after?.lines.length).toBe(25)
    expect(invoice?.type === 'invoice' && invoice.after?.hasMoreLines).toBe(false)
    expect(invoice?.type === 'invoice' && invoice.after?.paymentIntents.length).toBe(12)
    expect(snapshots).toHaveLength(13)
  })

  test('of a charge’s refunds and of a subscription’s items is read whole', async () => {
    const refunds = entriesOf('re', 15, { object: 'refund', amount: 1, status: 'succeeded' })
    const charge = await reading(
      ({ path, query }) =>
        path === '/v1/refunds'
          ? pageOf(refunds, query)
          : {
              json: {
                id: 'ch_1',
                object: 'charge',
                amount: 15,
                status: 'succeeded',
                refunds: pageOf(refunds, new URLSearchParams()).json,
              },
            },
      { type: 'charge', object: 'ch_1' },
    )
    const items = entriesOf('si', 15, { quantity: 1, price: { id: 'price_1' } })
    const subscription = await reading(
      ({ path, query }) =>
        path === '/v1/subscription_items'
          ? pageOf(items, query)
          : {
              json: {
                id: 'sub_1',
                object: 'subscription',
                status: 'active',
                items: pageOf(items, new URLSearchParams()).json,
              },
            },
      { type: 'subscription', object: 'sub_1' },
    )

    expect(snapshotsOf(charge.outcome)).toHaveLength(16)
    expect(snapshotsOf(subscription.outcome)[0]?.after).toMatchObject({ hasMoreItems: false })
    expect(subscription.requests[1]?.query.get('subscription')).toBe('sub_1')
  })

  test('of a customer’s entitlements is the summary, past the ten a webhook carries', async () => {
    const entitlements = Array.from({ length: 130 }, (_unused, index) => ({
      id: `ent_${index}`,
      lookup_key: `feature_${index}`,
    }))
    const { outcome, requests } = await reading(({ query }) => pageOf(entitlements, query), {
      type: 'entitlement_summary',
      object: 'cus_1',
    })

    const [snapshot] = snapshotsOf(outcome)
    expect(requests.map((request) => request.query.get('customer'))).toEqual(['cus_1', 'cus_1'])
    expect(snapshot).toMatchObject({ type: 'entitlement_summary', object: 'cus_1' })
    expect(snapshot?.type === 'entitlement_summary' && snapshot.after?.lookupKeys.length).toBe(130)
    expect(snapshot?.after).toMatchObject({ hasMore: false })
  })
})

describe('a failure', () => {
  const need = { type: 'charge', object: 'ch_1' } as const

  test('by the rate limit is to be tried again when Stripe says', async () => {
    const { outcome, requests } = await reading(
      () => ({
        status: 429,
        headers: { 'retry-after': '7' },
        json: apiError('rate_limit', 'too many'),
      }),
      need,
    )

    expect(outcome).toMatchObject({ kind: 'retry', afterMs: 7000 })
    expect(requests).toHaveLength(1)
  })

  test.each([[500], [503], [409]])('with status %d is to be tried again', async (status) => {
    const { outcome } = await reading(() => ({ status, json: apiError('x', 'broken') }), need)

    expect(outcome).toMatchObject({ kind: 'retry', afterMs: 1000 })
  })

  test('of the connection is to be tried again', async () => {
    const { outcome } = await reading(() => ({ json: 'hang up' }), need)

    expect(outcome.kind).toBe('retry')
  })

  test('after failure is to be tried again later each time, until one succeeds', async () => {
    let isUp = false
    await using server = await startApiServer(() =>
      isUp ? { json: { id: 'ch_1' } } : { status: 500, json: apiError('x', 'broken') },
    )
    const reader = createReader({
      apiKey: 'sk_test_1',
      host: '127.0.0.1',
      port: server.port,
      protocol: 'http',
    })
    const waits: unknown[] = []
    const read = async () => {
      const outcome = await reader.read(need, TEST_MODE)
      waits.push(outcome.kind === 'retry' ? outcome.afterMs : outcome.kind)
    }

    await read()
    await read()
    isUp = true
    await read()
    isUp = false
    await read()

    expect(waits).toEqual([1000, 2000, 'ok', 1000])
  })

  test.each([[401], [403], [400]])('with status %d is final and says why', async (status) => {
    const { outcome } = await reading(
      () => ({ status, json: apiError('x', 'this key may not read charges') }),
      need,
    )

    expect(outcome.kind).toBe('refused')
    expect(outcome.kind === 'refused' && outcome.message).toContain('this key may not read charges')
  })

  test('to find what is in the other mode is not an answer', async () => {
    const message = 'No such charge: ch_1; a similar object exists in live mode, but a test key…'
    const missing = await reading(
      () => ({ status: 404, json: apiError('resource_missing', message) }),
      need,
    )
    const wrongKey = await reading(() => ({ json: {} }), need, { account: '', livemode: true })
    const wrongAnswer = await reading(() => ({ json: { id: 'ch_1', livemode: true } }), need)

    expect(missing.outcome.kind).toBe('refused')
    expect(wrongKey.outcome.kind).toBe('refused')
    expect(wrongKey.requests).toEqual([])
    expect(wrongAnswer.outcome.kind).toBe('refused')
  })
})
