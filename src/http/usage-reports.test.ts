import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { emptyDatabase } from '../../test/support/engine.ts'
import { openMeteredShop, type MeteredShop } from '../../test/engine/usage-report-fixture.ts'
import { createTestDatabase } from '../../test/support/database.ts'
import { createEngineDouble } from '../../test/support/engine-double.ts'
import type { Engine } from '../engine/engine.ts'
import type { UsageReport } from '../engine/usage/report-contract.ts'
import type { Database } from '../store/database.ts'
import { openPostgres } from '../store/postgres.ts'
import { createApp, type App } from './app.ts'
import { openApiDocument } from './openapi.ts'
import { grantListSchema } from './schemas/grant.ts'

const KEY = 'key_of_the_app'
const DAY = 86_400

let server: { url: string; drop(): Promise<void> }
let database: Database
let shop: MeteredShop
let engine: Engine
let app: App
let payer: string
beforeAll(async () => {
  server = await createTestDatabase({ isMigrated: true })
  database = openPostgres(server.url)
})
beforeEach(async ({ task }) => {
  await emptyDatabase(database)
  shop = await openMeteredShop(database, task.name)
  engine = await shop.open()
  payer = await shop.subscribe('ada')
  await shop.hear(engine)
  app = createApp({ engine, features: ['calls'], webhookSecrets: ['whsec_1'], apiKeys: [KEY] })
  return () => shop.close()
})
afterAll(async () => {
  await database.close()
  await server.drop()
})

async function call<T = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: T & { error: { code: string; message: string } } }> {
  const response = await app.fetch(
    new Request(`http://localhost${path}`, {
      method,
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  )
  return { status: response.status, body: (await response.json()) as never }
}

const track = async (quantity: number, id: string) =>
  void (await call('POST', '/v1/usage', { customer: 'ada', feature: 'calls', quantity, id }))
/** A use that Stripe refuses, its meter being closed meanwhile. */
async function refuse(quantity: number, id: string): Promise<void> {
  await shop.api.billing.meters.deactivate(shop.meter.id)
  await track(quantity, id)
  await engine.tick()
  await shop.api.billing.meters.reactivate(shop.meter.id)
}
/** By the document alone, as a client that is generated from it would. */
const ajv = new Ajv2020({ strict: false }).addSchema(openApiDocument(), 'openapi')
function faultsOf(schema: string, body: unknown): unknown {
  const validate = ajv.compile({ $ref: `openapi#/components/schemas/${schema}` })
  return validate(body) ? null : validate.errors
}

interface Page {
  reports: UsageReport[]
  next: string | null
}

test.each([
  ['GET', '/v1/usage/reports'],
  ['POST', '/v1/usage/reports/retry'],
  ['GET', '/v1/usage/counts'],
  ['GET', '/v1/usage/reconcile'],
  ['DELETE', '/v1/usage/one'],
])('%s %s needs a key', async (method, path) => {
  const response = await app.fetch(new Request(`http://localhost${path}`, { method }))

  expect(response.status).toBe(401)
})

describe('reports', () => {
  test('are listed by status, page by page', async () => {
    await track(1, 'one')
    await engine.tick()
    await refuse(2, 'two')
    await track(3, 'three')
    await engine.tick()

    const first = await call<Page>('GET', '/v1/usage/reports?limit=2')
    const rest = await call<Page>('GET', `/v1/usage/reports?limit=2&after=${first.body.next}`)
    const refused = await call<Page>('GET', '/v1/usage/reports?status=refused&customer=ada')

    expect(first.body.reports).toHaveLength(2)
    expect(rest.body).toMatchObject({ next: null, reports: [{ meter: 'calls' }] })
    expect(refused.body).toMatchObject({
      next: null,
      reports: [{ quantity: 2, code: 'archived_meter', stripeCustomer: payer, customer: 'ada' }],
    })
  })

  test.each(['status=odd', 'limit=0', 'limit=1001', 'after=nowhere', 'after=5-%00'])(
    'are not listed with %s',
    async (query) => {
      expect(await call('GET', `/v1/usage/reports?${query}`)).toMatchObject({
        status: 400,
        body: { error: { code: 'invalid_request' } },
      })
    },
  )

  test('that were refused are sent again: one, or all', async () => {
    await refuse(2, 'two')
    await refuse(3, 'three')
    const { body } = await call<Page>('GET', '/v1/usage/reports?status=refused')
    const { identifier } = body.reports.find(({ quantity }) => quantity === 3) as UsageReport

    const one = await call('POST', '/v1/usage/reports/retry', { identifier })
    await shop.reportAll(engine)
    expect(one).toMatchObject({ status: 200, body: { retried: 1 } })
    expect(shop.counted(payer)).toBe(3)

    expect((await call('POST', '/v1/usage/reports/retry', {})).body).toEqual({ retried: 1 })
    await shop.reportAll(engine)
    expect(shop.counted(payer)).toBe(5)
  })

  test('that there are not cannot be sent again', async () => {
    const retry = (body: object) => call('POST', '/v1/usage/reports/retry', body)

    expect(await retry({ identifier: 'proviso_0' })).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    })
    expect((await retry({ status: 'accepted' })).status).toBe(400)
    expect((await retry({ identifer: 'proviso_0' })).status).toBe(400)
  })
})

describe('reconciling', () => {
  test('says that both sides are even, or by what they differ', async () => {
    await track(4, 'one')
    await engine.tick()
    const even = await call('GET', '/v1/usage/reconcile')
    await refuse(2, 'two')
    const odd = await call('GET', `/v1/usage/reconcile?customer=${payer}&meter=calls`)

    expect(even).toMatchObject({
      status: 200,
      body: { isEven: true, lines: [{ customers: ['ada'], recorded: 4, stripe: 4, reports: [] }] },
    })
    expect(odd.body).toMatchObject({
      isEven: false,
      lines: [{ difference: -2, refused: 2, reports: [{ quantity: 2, status: 'refused' }] }],
    })
  })

  test('refuses a meter that nothing stored can have', async () => {
    const { status, body } = await call('GET', '/v1/usage/reconcile?meter=a%00')

    expect(status).toBe(400)
    expect(body.error).toMatchObject({ code: 'invalid_request' })
    expect(body.error.message).toContain('meter: must not contain a NUL')
  })

  test('takes a range in seconds or in words', async () => {
    await track(4, 'one')
    await engine.tick()
    const now = shop.sandbox.now()
    const at = (second: number) => new Date(second * 1000).toISOString()

    const within = await call('GET', `/v1/usage/reconcile?from=${now - DAY}&to=${now + 1}`)
    const before = await call('GET', `/v1/usage/reconcile?from=${at(now - DAY)}&to=${at(now - 60)}`)

    expect(within.body['lines']).toHaveLength(1)
    expect(before.body).toEqual({ isEven: true, lines: [] })
    expect(await call('GET', `/v1/usage/reconcile?from=${now}&to=${now - 1}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request' } },
    })
    expect((await call('GET', '/v1/usage/reconcile?from=yesterday')).status).toBe(400)
  })
})

describe('a use', () => {
  test('is taken back by its id, whatever that is, and at Stripe as well', async () => {
    await track(4, 'job/1 a')
    await track(5, 'other')
    await engine.tick()
    expect(shop.counted(payer)).toBe(9)

    const path = `/v1/usage/${encodeURIComponent('job/1 a')}`
    const first = await call('DELETE', path)
    const again = await call('DELETE', path)
    await shop.reportAll(engine)

    expect(first).toMatchObject({
      status: 200,
      body: { id: 'job/1 a', customer: 'ada', quantity: 4, isNew: true, usage: { used: 5 } },
    })
    expect(again).toMatchObject({ status: 200, body: { isNew: false, usage: { used: 5 } } })
    expect(shop.counted(payer)).toBe(5)
  })

  test('that is not on record or was told a day ago is not taken back', async () => {
    await track(4, 'old')
    await engine.tick()
    await shop.sandbox.advance({ seconds: DAY + 3600 })

    expect(await call('DELETE', '/v1/usage/none')).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    })
    expect(await call('DELETE', '/v1/usage/old')).toMatchObject({
      status: 409,
      body: { error: { code: 'usage_too_old_to_cancel' } },
    })
  })
})

describe('counts', () => {
  test('tell what became of all units', async () => {
    await track(4, 'one')
    await engine.tick()
    await refuse(2, 'two')
    await track(8, 'open')

    expect(await call('GET', '/v1/usage/counts')).toMatchObject({
      status: 200,
      body: {
        ...{ recorded: 14, unreported: 8, reported: 6 },
        reports: { accepted: { reports: 1, units: 4 }, refused: { reports: 1, units: 2 } },
      },
    })
    expect((await call('GET', '/v1/usage/counts?livemode=true')).body['recorded']).toBe(0)
  })

  test('are metrics', async () => {
    await track(4, 'one')
    await engine.tick()
    await refuse(2, 'two')

    const text = await (await app.fetch(new Request('http://localhost/metrics'))).text()

    for (const line of [
      'proviso_usage_recorded_units{mode="test"} 6',
      'proviso_usage_unreported_units{mode="test"} 0',
      'proviso_usage_reported_units{mode="test"} 6',
      'proviso_usage_units{mode="test",status="accepted"} 4',
      'proviso_usage_units{mode="test",status="refused"} 2',
      'proviso_usage_reports{mode="test",status="doubt"} 0',
    ]) {
      expect(text.split('\n')).toContain(line)
    }
  })

  test('that cannot be had cost none of the other metrics', async () => {
    const { engine: double } = createEngineDouble()
    const broken = createApp({
      engine: { ...double, usageTotals: () => Promise.reject(new Error('too slow')) },
      features: ['calls'],
      webhookSecrets: ['whsec_1'],
    })

    const text = await (await broken.fetch(new Request('http://localhost/metrics'))).text()

    expect(text).toMatch(/^proviso_pending 3$/m)
    expect(text).not.toMatch(/^proviso_usage_/m)
  })
})

test('a grant is described as it is listed, with what its limit is given for', async () => {
  await engine.grant({ customer: 'ada', feature: 'calls', value: 5 })

  const { body } = await call<{ grants: { usage: object }[] }>('GET', '/v1/customers/ada/grants')

  expect(body.grants.map(({ usage }) => usage)).toMatchObject([
    { overage: 'block', interval: null },
    { overage: 'bill', interval: 'month' },
  ])
  // Parsing drops what the schema does not name.
  expect(grantListSchema.parse(body)).toEqual(body)
})

test('answers are as the OpenAPI document describes them', async () => {
  await track(4, 'one')
  await engine.tick()
  await refuse(2, 'two')
  await engine.grant({ customer: 'eve', feature: 'calls', value: 5 })
  await call('POST', '/v1/usage', { customer: 'eve', feature: 'calls' })
  await engine.tick()
  const consume = { customer: 'eve', feature: 'calls', quantity: 3 }

  for (const [schema, method, path, body] of [
    ['GrantList', 'GET', '/v1/customers/ada/grants'],
    ['GrantList', 'GET', '/v1/customers/eve/grants'],
    ['UsageReports', 'GET', '/v1/usage/reports'],
    ['UsageCounts', 'GET', '/v1/usage/counts'],
    ['Reconciliations', 'GET', '/v1/usage/reconcile'],
    ['Cancelled', 'DELETE', '/v1/usage/one'],
    ['Consumed', 'POST', '/v1/usage/consume', consume],
    ['Consumed', 'POST', '/v1/usage/consume', consume],
    ['CustomerUsage', 'GET', '/v1/customers/eve/usage/calls'],
    ['CheckoutStatus', 'GET', '/v1/checkout-sessions/cs_1'],
    ['Retried', 'POST', '/v1/usage/reports/retry', {}],
    ['Error', 'DELETE', '/v1/usage/none'],
  ] as const) {
    const answer = await call(method, path, body)
    expect({ path, faults: faultsOf(schema, answer.body) }).toEqual({ path, faults: null })
  }
})
