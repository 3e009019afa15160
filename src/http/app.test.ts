import { describe, expect, test } from 'vitest'
import { createEngineDouble } from '../../test/support/engine-double.ts'
import { WEBHOOK_SECRET } from '../../test/support/signed-event.ts'
import { ProvisoError } from '../errors.ts'
import { createApp } from './app.ts'
import type { AppDependencies } from './dependencies.ts'

const KEY = 'key_of_the_test'

function setUp(overrides: Partial<AppDependencies> = {}) {
  const double = createEngineDouble()
  const app = createApp({
    engine: double.engine,
    features: ['export', 'seats'],
    webhookSecrets: [WEBHOOK_SECRET],
    apiKeys: ['another', KEY],
    ...overrides,
  })
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    app.fetch(
      new Request(`http://localhost${path}`, {
        ...init,
        headers: { authorization: `Bearer ${KEY}`, ...init.headers },
      }),
    )
  return { double, app, ask }
}

const json = (body: unknown, method = 'POST'): RequestInit => ({
  method,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})

async function errorOf(response: Response) {
  return ((await response.json()) as { error: { code: string; details?: unknown } }).error
}

describe('access', () => {
  test('is answered with every feature of the catalog', async () => {
    const { ask, double } = setUp()

    const response = await ask('/v1/customers/ada%2Flovelace/access?livemode=true&account=acct_1')

    expect(response.status).toBe(200)
    const body = (await response.json()) as { customer: string; features: object }
    expect(body.customer).toBe('ada/lovelace')
    expect(Object.keys(body.features)).toEqual(['export', 'seats'])
    expect(double.calls[0]?.argument).toEqual({
      customer: 'ada/lovelace',
      scope: { livemode: true, account: 'acct_1' },
    })
  })

  test('to one feature takes the quantity wanted', async () => {
    const { ask, double } = setUp()

    const response = await ask('/v1/customers/ada/access/seats?quantity=5')

    expect(response.status).toBe(200)
    expect(double.calls[0]?.argument).toEqual({ customer: 'ada', feature: 'seats', quantity: 5 })
  })

  test('to a feature the catalog lacks is a 404 that lists those it has', async () => {
    const { ask } = setUp()

    const response = await ask('/v1/customers/ada/access/exprot')

    expect(response.status).toBe(404)
    expect(await errorOf(response)).toMatchObject({
      code: 'unknown_feature',
      details: { feature: 'exprot', features: ['export', 'seats'] },
    })
  })

  test.each(['quantity=0', 'quantity=two', 'quantity=1.5', 'livemode=maybe'])(
    'refuses ?%s and says what is wrong',
    async (query) => {
      const { ask } = setUp()

      const response = await ask(`/v1/customers/ada/access/seats?${query}`)

      expect(response.status).toBe(400)
      expect(await errorOf(response)).toMatchObject({
        code: 'invalid_request',
        details: { problems: [{ path: query.split('=')[0] }] },
      })
    },
  )

  test('of a customer id with a NUL character is refused, not sent to the database', async () => {
    const { ask, double } = setUp()

    expect((await ask('/v1/customers/a%00b/access')).status).toBe(400)
    expect(double.calls).toEqual([])
  })
})

describe('the story', () => {
  test.each([
    ['1760000000', 1_760_000_000],
    ['2025-10-09T08:53:20Z', 1_760_000_000],
    ['2025-10-09T10:53:20%2B02:00', 1_760_000_000],
  ])('is told as of %s', async (at, seconds) => {
    const { ask, double } = setUp()

    const response = await ask(`/v1/customers/ada/explain?feature=export&at=${at}`)

    expect(response.status).toBe(200)
    expect(double.calls[0]?.argument).toEqual({ customer: 'ada', feature: 'export', at: seconds })
  })

  test.each(['yesterday', '2025-10-09T08:53:20', '-5', '1760000000000000'])(
    'refuses the time %s',
    async (at) => {
      const { ask } = setUp()

      expect((await ask(`/v1/customers/ada/explain?at=${at}`)).status).toBe(400)
    },
  )
})

describe('manual grants', () => {
  test('are made with value, end, note and id', async () => {
    const { ask, double } = setUp()
    const body = {
      feature: 'seats',
      value: 3,
      until: '2025-10-09T08:53:20Z',
      note: 'pilot',
      id: 'g1',
    }

    const response = await ask('/v1/customers/ada/grants', json(body))

    expect(response.status).toBe(201)
    expect(double.calls[0]?.argument).toEqual({ ...body, customer: 'ada', until: 1_760_000_000 })
  })

  test.each([
    ['an unknown feature', { feature: 'exprot' }, 404, 'unknown_feature'],
    ['no feature', {}, 400, 'invalid_request'],
    ['a value of another type', { feature: 'seats', value: 'many' }, 400, 'invalid_request'],
    ['a field nobody knows', { feature: 'seats', untill: 1 }, 400, 'invalid_request'],
  ])('with %s are refused', async (_name, body, status, code) => {
    const { ask, double } = setUp()

    const response = await ask('/v1/customers/ada/grants', json(body))

    expect(response.status).toBe(status)
    expect((await errorOf(response)).code).toBe(code)
    expect(double.calls).toEqual([])
  })

  test('of a customer id longer than any index takes are refused', async () => {
    const { ask } = setUp()

    const response = await ask(
      `/v1/customers/${'a'.repeat(10_000)}/grants`,
      json({ feature: 'seats' }),
    )

    expect(response.status).toBe(400)
  })

  test('refuse a body that is not JSON', async () => {
    const { ask } = setUp()

    const response = await ask('/v1/customers/ada/grants', { ...json({}), body: '{' })

    expect(response.status).toBe(400)
    expect((await errorOf(response)).code).toBe('invalid_request')
  })

  test('are revoked by id or by feature, never by both or neither', async () => {
    const { ask, double } = setUp()

    const byId = await ask('/v1/customers/ada/grants?id=g1', { method: 'DELETE' })
    const byFeature = await ask('/v1/customers/ada/grants?feature=seats', { method: 'DELETE' })
    const both = await ask('/v1/customers/ada/grants?id=g1&feature=seats', { method: 'DELETE' })
    const neither = await ask('/v1/customers/ada/grants', { method: 'DELETE' })

    expect([byId.status, byFeature.status, both.status, neither.status]).toEqual([
      200, 200, 400, 400,
    ])
    expect(double.calls.map(({ argument }) => argument)).toEqual([
      { customer: 'ada', id: 'g1' },
      { customer: 'ada', feature: 'seats' },
    ])
  })
})

describe('other reads', () => {
  test('a Checkout Session is waited for as long as asked', async () => {
    const { ask, double } = setUp()

    const response = await ask('/v1/checkout-sessions/cs_1?wait=10')

    expect(await response.json()).toMatchObject({ session: 'cs_1', status: 'unknown' })
    expect(double.calls[0]?.argument).toEqual({ session: 'cs_1', wait: 10 })
  })

  test('an event that never came is a 404', async () => {
    const { ask } = setUp()

    const response = await ask('/v1/events/evt_9')

    expect(response.status).toBe(404)
    expect((await errorOf(response)).code).toBe('not_found')
  })

  test('dead letters are listed and put back', async () => {
    const { ask, double } = setUp()

    await ask('/v1/dead-letters?consumer=mailer')
    const retried = await ask('/v1/dead-letters/retry', json({ consumer: 'mailer', position: 7 }))

    expect(await retried.json()).toEqual({ retried: 2 })
    expect(double.calls.map(({ argument }) => argument)).toEqual([
      'mailer',
      { consumer: 'mailer', position: 7 },
    ])
  })
})

describe('the bearer key', () => {
  test.each([
    ['is missing', {}],
    ['is wrong', { authorization: 'Bearer nope' }],
    ['comes by another scheme', { authorization: `Basic ${KEY}` }],
    ['is a prefix of the right one', { authorization: `Bearer ${KEY.slice(0, -1)}` }],
  ])('that %s is refused', async (_name, headers: Record<string, string>) => {
    const { app } = setUp()

    const response = await app.fetch(
      new Request('http://localhost/v1/customers/ada/access', { headers }),
    )

    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('Bearer')
    expect((await errorOf(response)).code).toBe('unauthorized')
  })

  test('is needed even when none is configured', async () => {
    const { ask } = setUp({ apiKeys: [] })

    expect((await ask('/v1/customers/ada/access')).status).toBe(401)
  })

  test('may be left out where that is allowed, but only under a loopback name', async () => {
    const { app } = setUp({ apiKeys: [], allowUnauthenticated: true })

    const local = await app.fetch(new Request('http://127.0.0.1:4400/v1/customers/ada/access'))
    const rebound = await app.fetch(new Request('http://evil.example:4400/v1/customers/ada/access'))

    expect([local.status, rebound.status]).toEqual([200, 401])
  })
})

describe('every answer', () => {
  test('carries a request id, the caller’s own where it is printable', async () => {
    const { ask } = setUp()

    const own = await ask('/v1/customers/ada/access', { headers: { 'x-request-id': 'abc-1' } })
    const made = await ask('/nowhere', { headers: { 'x-request-id': 'a b' } })

    expect(own.headers.get('x-request-id')).toBe('abc-1')
    expect(made.headers.get('x-request-id')).toMatch(/^req_/)
    expect(await errorOf(made)).toMatchObject({ requestId: made.headers.get('x-request-id') })
  })

  test('to an unknown address is a 404 of the common form', async () => {
    const { ask } = setUp()

    const response = await ask('/v1/customers')

    expect(response.status).toBe(404)
    expect((await errorOf(response)).code).toBe('not_found')
  })

  test('to a wrong method is a 405 that names the right ones', async () => {
    const { ask } = setUp()

    const access = await ask('/v1/customers/ada/access', { method: 'PUT' })
    const webhook = await ask('/webhooks/stripe')

    expect(access.status).toBe(405)
    expect(access.headers.get('allow')).toBe('GET, HEAD')
    expect(webhook.status).toBe(405)
    expect(webhook.headers.get('allow')).toBe('POST')
  })

  test('while the database is away is a 503, and readiness says so while liveness does not', async () => {
    const { ask, double } = setUp()
    double.failure = new ProvisoError('database_unavailable', 'PostgreSQL is out of reach.')

    const access = await ask('/v1/customers/ada/access')
    const ready = await ask('/readyz')
    const alive = await ask('/healthz')
    const metrics = await (await ask('/metrics')).text()

    expect([access.status, ready.status, alive.status]).toEqual([503, 503, 200])
    expect(await ready.json()).toMatchObject({ ready: false, database: 'down' })
    expect(metrics).toContain('proviso_database_up 0')
    expect(metrics).not.toMatch(/^proviso_pending /m)
  })
})

describe('operation', () => {
  test('readiness and metrics tell how far the work is', async () => {
    const { ask } = setUp()
    await ask('/v1/customers/ada/access')
    await ask('/v1/customers/grace/access')

    const ready = await ask('/readyz')
    const metrics = await (await ask('/metrics')).text()

    expect(ready.status).toBe(200)
    expect(metrics).toMatch(/^proviso_pending 3$/m)
    expect(metrics).toContain(
      'proviso_http_request_duration_seconds_count{route="/v1/customers/:id/access",method="GET",status="200"} 2',
    )
  })
})
