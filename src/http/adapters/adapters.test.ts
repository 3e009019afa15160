import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import Fastify from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import { createEngineDouble } from '../../../test/support/engine-double.ts'
import { eventBody, signedRequest, WEBHOOK_SECRET } from '../../../test/support/signed-event.ts'
import { createApp } from '../app.ts'
import { toExpressHandler } from './express.ts'
import { toFastifyPlugin } from './fastify.ts'
import { withoutBasePath } from './mounted-path.ts'
import { toNextHandlers } from './next.ts'
import { toNodeHandler } from './node.ts'

function setUp() {
  const double = createEngineDouble()
  const app = createApp({
    engine: double.engine,
    features: ['export', 'seats'],
    webhookSecrets: [WEBHOOK_SECRET],
    allowUnauthenticated: true,
  })
  return { double, app }
}

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => new Promise((resolve) => server.close(resolve)))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Odd spacing and an umlaut: lost by any parser in between. */
const body = eventBody().replace('"object":"event"', '"object" : "event", "note":"ü"')

describe.each([
  {
    name: 'node:http',
    mount: (app: ReturnType<typeof setUp>['app']) => serve(toNodeHandler(app)),
    base: '',
  },
  {
    name: 'node:http below a path',
    mount: (app: ReturnType<typeof setUp>['app']) =>
      serve(toNodeHandler(app, { basePath: '/billing' })),
    base: '/billing',
  },
  {
    name: 'Express before its JSON parser',
    mount: (app: ReturnType<typeof setUp>['app']) => {
      const host = express()
      host.use('/billing', toExpressHandler(app))
      host.use(express.json())
      return serve(host)
    },
    base: '/billing',
  },
  {
    name: 'Express behind express.raw()',
    mount: (app: ReturnType<typeof setUp>['app']) => {
      const host = express()
      host.use(express.raw({ type: '*/*' }))
      host.use('/billing', toExpressHandler(app))
      return serve(host)
    },
    base: '/billing',
  },
  {
    name: 'Express behind a JSON parser that keeps rawBody',
    mount: (app: ReturnType<typeof setUp>['app']) => {
      const host = express()
      host.use(
        express.json({
          verify: (request, _response, raw) => {
            ;(request as unknown as { rawBody: Buffer }).rawBody = raw
          },
        }),
      )
      host.use('/billing', toExpressHandler(app))
      return serve(host)
    },
    base: '/billing',
  },
  {
    name: 'Fastify',
    mount: async (app: ReturnType<typeof setUp>['app']) => {
      const host = Fastify()
      await host.register(toFastifyPlugin(app), { prefix: '/billing' })
      const url = await host.listen({ port: 0, host: '127.0.0.1' })
      closers.push(() => host.close())
      return url
    },
    base: '/billing',
  },
])('mounted in $name', ({ mount, base }) => {
  test('takes a signed webhook with its exact bytes', async () => {
    const { app, double } = setUp()
    const url = await mount(app)

    const response = await fetch(signedRequest(body, { base: `${url}${base}` }))

    expect(await response.json()).toEqual({ received: true, new: true })
    expect(Buffer.from(double.ingested[0]?.body ?? []).toString()).toBe(body)
  })

  test('answers reads with their query, and takes JSON', async () => {
    const { app, double } = setUp()
    const url = await mount(app)

    const read = await fetch(`${url}${base}/v1/customers/ada/access/seats?quantity=3`)
    const write = await fetch(`${url}${base}/v1/customers/ada/grants`, {
      method: 'POST',
      body: JSON.stringify({ feature: 'export' }),
      headers: { 'content-type': 'application/json' },
    })

    expect([read.status, write.status]).toEqual([200, 201])
    expect(double.calls.map((call) => call.argument)).toEqual([
      { customer: 'ada', feature: 'seats', quantity: 3 },
      { customer: 'ada', feature: 'export' },
    ])
  })

  test('refuses what is too large without cutting the connection', async () => {
    const { app } = setUp()
    const url = await mount(app)

    const response = await fetch(
      signedRequest(`"${'x'.repeat(1_100_000)}"`, { base: `${url}${base}` }),
    ).catch((error: unknown) => error)

    // Behind a parser with a limit of its own the host refuses it first, with the same status.
    expect((response as Response).status).toBe(413)
  })
})

describe('a webhook whose body a parser took first', () => {
  test('is answered 500 with how to mount it, so that Stripe keeps it', async () => {
    const { app, double } = setUp()
    const host = express()
    host.use(express.json())
    host.use('/billing', toExpressHandler(app))
    const url = await serve(host)

    const response = await fetch(signedRequest(body, { base: `${url}/billing` }))

    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({
      error: { code: 'config_invalid', message: expect.stringContaining('before express.json()') },
    })
    expect(double.ingested).toEqual([])
  })

  test('does not keep other calls from working', async () => {
    const { app, double } = setUp()
    const host = express()
    host.use(express.json())
    host.use('/billing', toExpressHandler(app))
    const url = await serve(host)

    const response = await fetch(`${url}/billing/v1/customers/ada/grants`, {
      method: 'POST',
      body: JSON.stringify({ feature: 'export' }),
      headers: { 'content-type': 'application/json' },
    })

    expect(response.status).toBe(201)
    expect(double.calls[0]?.argument).toEqual({ customer: 'ada', feature: 'export' })
  })
})

test('Fastify keeps its own JSON parser outside the plugin', async () => {
  const { app } = setUp()
  const host = Fastify()
  await host.register(toFastifyPlugin(app), { prefix: '/billing' })
  host.post('/own', async (request) => request.body)
  closers.push(() => host.close())

  const response = await host.inject({ method: 'POST', url: '/own', payload: { a: 1 } })

  expect(response.json()).toEqual({ a: 1 })
})

describe('the Next.js route handlers', () => {
  test('take the mount path off and keep body and query', async () => {
    const { app, double } = setUp()
    const { GET, POST } = toNextHandlers(app, { basePath: '/api/billing/' })

    const posted = await POST(signedRequest(body, { base: 'http://localhost/api/billing' }))
    const read = await GET(
      new Request('http://localhost/api/billing/v1/customers/ada/access/seats?quantity=2'),
    )

    expect([posted.status, read.status]).toEqual([200, 200])
    expect(Buffer.from(double.ingested[0]?.body ?? []).toString()).toBe(body)
    expect(double.calls.at(-1)?.argument).toMatchObject({ quantity: 2 })
  })
})

test.each([
  ['/billing/v1?a=1', '/billing', '/v1?a=1'],
  ['/billing', '/billing', '/'],
  ['/billing?a=1', '/billing', '/?a=1'],
  ['/billingx/v1', '/billing', '/billingx/v1'],
  ['/v1', undefined, '/v1'],
])('%s below %s is %s', (url, basePath, expected) => {
  expect(withoutBasePath(url, basePath)).toBe(expected)
})
