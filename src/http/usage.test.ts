import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../../test/support/database.ts'
import { createEngineDouble } from '../../test/support/engine-double.ts'
import { WEBHOOK_SECRET } from '../../test/support/signed-event.ts'
import { USAGE_CATALOG } from '../../test/support/usage-catalog.ts'
import { createProviso } from '../proviso.ts'
import type { Proviso } from '../proviso.ts'
import { ProvisoError } from '../errors.ts'
import { createApp } from './app.ts'
import { MAX_USAGE_BODY_BYTES } from './usage-body-limit.ts'

interface Answer {
  status: number
  body: Record<string, unknown> & {
    error: { code: string; message: string; details: Record<string, unknown> }
    lines: { ok: boolean; quantity?: number; error?: { code: string; message: string } }[]
  }
}

type Fetch = (request: Request) => Promise<Response>

function client(fetch: Fetch) {
  return async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(
      new Request(`http://localhost${path}`, {
        method,
        ...(body === undefined
          ? {}
          : {
              body: typeof body === 'string' ? body : JSON.stringify(body),
              headers: { 'content-type': 'application/json' },
            }),
      }),
    )
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  }
}

let database: Awaited<ReturnType<typeof createTestDatabase>>
let proviso: Proviso
let call: ReturnType<typeof client>

beforeAll(async () => {
  database = await createTestDatabase({ isMigrated: true })
  proviso = createProviso({
    database: database.url,
    catalog: USAGE_CATALOG,
    webhookSecrets: WEBHOOK_SECRET,
    allowUnauthenticated: true,
  })
  call = client((request) => proviso.fetch(request))
})
afterAll(async () => {
  await proviso.close()
  await database.drop()
})

let customers = 0
/** Somebody new, who may use 100 calls and 10 tokens. */
async function newCustomer(): Promise<string> {
  const customer = `customer/${(customers += 1)}`
  await proviso.grant({ customer, feature: 'calls', value: 100 })
  await proviso.grant({ customer, feature: 'tokens', value: 10 })
  return customer
}
const of = (customer: string): string => `/v1/customers/${encodeURIComponent(customer)}`
const now = (): number => Math.floor(Date.now() / 1000)

describe('POST /v1/usage', () => {
  test('records one use, and once under its id', async () => {
    const customer = await newCustomer()
    const event = { customer, feature: 'calls', quantity: 30, id: 'once', at: now() - 60 }

    const first = await call('POST', '/v1/usage', event)
    const again = await call('POST', '/v1/usage', event)

    expect(first.status).toBe(200)
    expect(first.body).toEqual({ ...event, isNew: true, asOf: expect.any(Number) as number })
    expect(again.body).toMatchObject({ ...event, isNew: false })
    const { body } = await call('GET', `${of(customer)}/usage/calls`)
    expect(body).toMatchObject({ used: 30, limit: 100, remaining: 70 })
  })

  test('takes a time in words', async () => {
    const customer = await newCustomer()
    const at = now() - 3600

    const { body } = await call('POST', '/v1/usage', {
      customer,
      feature: 'calls',
      at: new Date(at * 1000).toISOString(),
    })

    expect(body).toMatchObject({ at, quantity: 1 })
  })

  test('answers a list line by line, and keeps what is right', async () => {
    const customer = await newCustomer()
    const line = (quantity: unknown, more: object = {}) => ({
      customer,
      feature: 'calls',
      quantity,
      ...more,
    })

    const { status, body } = await call('POST', '/v1/usage', {
      events: [
        line(1, { id: 'line' }),
        line(-1),
        line('7'),
        line(2, { id: 'line' }),
        line(4, { featur: 'calls' }),
        'calls',
        null,
        line(8),
      ],
    })

    expect(status).toBe(200)
    expect(body).toMatchObject({ recorded: 2, failed: 6 })
    expect(body.lines.map(({ ok, quantity, error }) => (ok ? quantity : error?.code))).toEqual([
      1,
      'invalid_quantity',
      'invalid_request',
      'usage_id_reused',
      'invalid_request',
      'invalid_request',
      'invalid_request',
      8,
    ])
    expect(body.lines[4]?.error?.message).toContain('featur')
    expect(await proviso.usage(customer, 'calls')).toMatchObject({ used: 9 })
  })

  test('takes a thousand lines at once, and no more', async () => {
    const customer = await newCustomer()
    const events = Array.from({ length: 1001 }, () => ({ customer, feature: 'calls' }))

    const most = await call('POST', '/v1/usage', { events: events.slice(1) })
    const more = await call('POST', '/v1/usage', { events })
    const none = await call('POST', '/v1/usage', { events: [] })

    expect(most.body).toMatchObject({ recorded: 1000, failed: 0 })
    expect(more).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } })
    expect(more.body.error.message).toContain('at most 1000')
    expect(none.body.error.message).toContain('at least one')
    expect(await proviso.usage(customer, 'calls')).toMatchObject({ used: 1000, over: 900 })
  })

  test.each([
    ['a negative quantity', { quantity: -1 }, 400, 'invalid_quantity', '-1'],
    ['no quantity at all', { quantity: 0 }, 400, 'invalid_quantity', '0'],
    ['half a unit', { quantity: 0.5 }, 400, 'invalid_quantity', 'smaller unit'],
    ['10²⁰ units', { quantity: 1e20 }, 400, 'invalid_quantity', '100000000000000000000'],
    ['a quantity as text', { quantity: '5' }, 400, 'invalid_request', 'quantity'],
    ['an unknown feature', { feature: 'cals' }, 404, 'unknown_feature', 'it has calls'],
    ['a feature that is not used up', { feature: 'seats' }, 400, 'feature_not_usage', 'check'],
    ['an unknown customer', { customer: 'nobody' }, 404, 'unknown_customer', 'nobody'],
    ['a customer with a NUL', { customer: 'a\0b' }, 400, 'invalid_request', 'NUL'],
    ['an account with a lone surrogate', { account: '\ud800' }, 400, 'invalid_request', 'half'],
    ['a use of 36 days ago', { at: now() - 36 * 86_400 }, 400, 'usage_too_old', '35 days'],
    ['a use in ten minutes', { at: now() + 600 }, 400, 'usage_in_future', 'clock'],
    ['milliseconds', { at: Date.now() }, 400, 'invalid_request', 'Unix seconds'],
    ['a time that is none', { at: 'yesterday' }, 400, 'invalid_request', 'yesterday'],
    ['an id of 101 characters', { id: 'x'.repeat(101) }, 400, 'invalid_request', '100'],
    ['a misspelt field', { quantiy: 5 }, 400, 'invalid_request', 'quantiy'],
  ])(
    'refuses %s, says how to put it right and records nothing',
    async (_, odd, status, code, says) => {
      const customer = await newCustomer()

      const answer = await call('POST', '/v1/usage', { customer, feature: 'calls', ...odd })

      expect(answer.status).toBe(status)
      expect(answer.body.error.code).toBe(code)
      expect(answer.body.error.message).toContain(says)
      expect(await proviso.usage(customer, 'calls')).toMatchObject({ used: 0 })
    },
  )

  test.each(['[]', '"calls"', 'null', '{', '{"quantity":NaN}', '{"quantity":1e999}'])(
    'refuses the body %s',
    async (body) => {
      const answer = await call('POST', '/v1/usage', body)

      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } })
    },
  )

  test('tells of an id with another body what is on record under it', async () => {
    const customer = await newCustomer()
    await call('POST', '/v1/usage', { customer, feature: 'calls', quantity: 5, id: 'mine' })

    const { status, body } = await call('POST', '/v1/usage', {
      customer,
      feature: 'calls',
      quantity: 6,
      id: 'mine',
    })

    expect(status).toBe(409)
    expect(body.error).toMatchObject({
      code: 'usage_id_reused',
      details: { recorded: { quantity: 5 }, asked: { quantity: 6 } },
    })
  })

  test('is cut off where the body has no end', async () => {
    const { status, body } = await call('POST', '/v1/usage', ' '.repeat(MAX_USAGE_BODY_BYTES + 1))

    expect(status).toBe(413)
    expect(body.error.code).toBe('body_too_large')
  })
})

describe('consuming', () => {
  test('takes all or nothing, and says why not', async () => {
    const customer = await newCustomer()
    const consume = (quantity: number) =>
      call('POST', '/v1/usage/consume', { customer, feature: 'tokens', quantity })

    expect(await consume(8)).toMatchObject({
      status: 200,
      body: { allowed: true, reason: null, usage: { remaining: 2 } },
    })
    expect(await consume(3)).toMatchObject({
      status: 200,
      body: { allowed: false, reason: { code: 'credits_used_up' }, usage: { remaining: 2 } },
    })
  })

  test('is refused where the account is not well-formed text', async () => {
    const customer = await newCustomer()

    const answer = await call('POST', '/v1/usage/consume', {
      ...{ customer, feature: 'calls', account: 'acct_\udfff' },
    })

    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } })
    expect(answer.body.error.message).toContain('account: must not contain')
  })

  test('is foretold by a check, which takes nothing', async () => {
    const customer = await newCustomer()
    const check = (quantity: number) =>
      call('GET', `${of(customer)}/access/calls?quantity=${quantity}`)

    expect((await check(100)).body).toMatchObject({
      allowed: true,
      usage: { used: 0, limit: 100, remaining: 100 },
    })
    expect((await check(101)).body).toMatchObject({ allowed: false })
    expect((await check(2 ** 53)).status).toBe(400)
  })
})

describe('a reservation', () => {
  const reserve = async (customer: string, quantity: number, more: object = {}) =>
    (await call('POST', '/v1/usage/reservations', {
      customer,
      feature: 'tokens',
      quantity,
      ...more,
    })) as Answer & { body: { id: string; allowed: boolean } }
  const end = (id: string, how: string, body?: object) =>
    call('POST', `/v1/usage/reservations/${encodeURIComponent(id)}/${how}`, body)

  test('is given back for what the work really cost', async () => {
    const customer = await newCustomer()
    const { body: held } = await reserve(customer, 6)
    expect(held).toMatchObject({ allowed: true, usage: { used: 6, remaining: 4 } })

    const { status, body } = await end(held.id, 'finalise', { quantity: 2 })

    expect(status).toBe(200)
    expect(body).toMatchObject({ quantity: 2, reserved: 6, usage: { used: 2, remaining: 8 } })
  })

  test('is given back whole, once', async () => {
    const customer = await newCustomer()
    const { body: held } = await reserve(customer, 6, { id: 'job/1 a', expiresIn: 60 })

    expect(await end(held.id, 'release')).toMatchObject({
      status: 200,
      body: { reserved: 6, isNew: true, usage: { remaining: 10 } },
    })
    expect(await end(held.id, 'release')).toMatchObject({ status: 200, body: { isNew: false } })
    expect(await end(held.id, 'finalise', { quantity: 1 })).toMatchObject({
      status: 409,
      body: { error: { code: 'usage_id_reused' } },
    })
  })

  test('for more than there is sets nothing aside', async () => {
    const { body } = await reserve(await newCustomer(), 11)

    expect(body).toMatchObject({ allowed: false, usage: { remaining: 10 } })
    expect(await end(body.id, 'finalise', { quantity: 1 })).toMatchObject({
      status: 404,
      body: { error: { code: 'reservation_unknown' } },
    })
  })

  test.each([{ expiresIn: 0 }, { expiresIn: 8 * 86_400 }, { expiresIn: 'soon' }])(
    'is refused with %j',
    async (odd) => {
      expect(await reserve(await newCustomer(), 1, odd)).toMatchObject({
        status: 400,
        body: { error: { code: 'invalid_request' } },
      })
    },
  )

  test('cannot end with less than nothing', async () => {
    const { body: held } = await reserve(await newCustomer(), 1)

    expect(await end(held.id, 'finalise', { quantity: -1 })).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_quantity' } },
    })
  })
})

describe('the usage of a customer', () => {
  test('tells what gives it and, of credits, a history that sums', async () => {
    const customer = await newCustomer()
    await proviso.consume({ customer, feature: 'tokens', quantity: 4, id: `${customers} tokens` })

    const { status, body } = await call('GET', `${of(customer)}/usage/tokens`)

    expect(status).toBe(200)
    expect(body).toMatchObject({
      type: 'credits',
      allowed: true,
      used: 4,
      remaining: 6,
      allowances: [{ kind: 'credits', amount: 10, spent: 4 }],
      history: [
        { type: 'granted', quantity: 10 },
        { type: 'spent', quantity: -4, usage: `${customers} tokens` },
      ],
    })
  })

  test('who is not known is nothing, and of a feature not known is an error', async () => {
    expect((await call('GET', '/v1/customers/nobody/usage/calls')).body).toMatchObject({
      allowed: false,
      used: 0,
      remaining: 0,
    })
    expect(await call('GET', '/v1/customers/nobody/usage/cals')).toMatchObject({
      status: 404,
      body: { error: { code: 'unknown_feature' } },
    })
  })
})

describe('over HTTP', () => {
  const setUp = () => {
    const double = createEngineDouble()
    const app = createApp({
      engine: double.engine,
      features: ['calls'],
      webhookSecrets: [WEBHOOK_SECRET],
      allowUnauthenticated: true,
    })
    return { double, ask: client((request) => app.fetch(request)) }
  }

  test('an event’s own account beats the one in the query', async () => {
    const { ask, double } = setUp()
    const event = { customer: 'ada', feature: 'calls' }

    await ask('POST', '/v1/usage?account=acct_1&livemode=true', {
      events: [event, { ...event, account: 'acct_2', livemode: false }],
    })

    expect(double.calls[0]?.argument).toEqual([
      { ...event, account: 'acct_1', livemode: true },
      { ...event, account: 'acct_2', livemode: false },
    ])
  })

  test('a database that is away is a 503, also for a list', async () => {
    const { ask, double } = setUp()
    double.failure = new ProvisoError('database_unavailable', 'It is away.', { isRetryable: true })

    const answer = await ask('POST', '/v1/usage', { events: [{ customer: 'a', feature: 'calls' }] })

    expect(answer.status).toBe(503)
  })

  test('what failed inside is not told of a line', async () => {
    const { ask, double } = setUp()
    double.engine.trackMany = () =>
      Promise.resolve([{ ok: false, error: new Error('secret of the house') }])

    const { body } = await ask('POST', '/v1/usage', {
      events: [{ customer: 'a', feature: 'calls' }],
    })

    expect(body.lines[0]).toMatchObject({ ok: false, error: { code: 'internal' } })
    expect(JSON.stringify(body)).not.toContain('secret')
  })
})
