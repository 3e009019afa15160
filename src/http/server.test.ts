import { afterEach, describe, expect, test } from 'vitest'
import { change, createEngineDouble } from '../../test/support/engine-double.ts'
import { eventBody, signedRequest, WEBHOOK_SECRET } from '../../test/support/signed-event.ts'
import { ProvisoError } from '../errors.ts'
import { createApp } from './app.ts'
import { listen } from './server.ts'
import type { Server } from './server.ts'
import { createStartingApp } from './starting-app.ts'

const open: Server[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function setUp() {
  const double = createEngineDouble()
  const closing = new AbortController()
  const app = createApp({
    engine: double.engine,
    features: ['export'],
    webhookSecrets: [WEBHOOK_SECRET],
    allowUnauthenticated: true,
    closing: closing.signal,
  })
  const server = await listen({ app, host: '127.0.0.1', port: 0 })
  open.push(server)
  return { double, closing, server }
}

describe('a listening server', () => {
  test('takes a free port for 0 and says which', async () => {
    const { server } = await setUp()

    expect(server.port).toBeGreaterThan(0)
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  })

  test('names --port when the port is taken', async () => {
    const { server } = await setUp()

    const second = listen({
      app: { fetch: async () => new Response() },
      host: '127.0.0.1',
      port: server.port,
    })

    await expect(second).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('--port'),
    })
  })

  test('takes webhooks byte for byte over a socket', async () => {
    const { double, server } = await setUp()
    const body = eventBody().replace('"object":"event"', '"object" : "event"')

    const response = await fetch(signedRequest(body, { base: server.url }))

    expect(response.status).toBe(200)
    expect(Buffer.from(double.ingested[0]?.body ?? []).toString()).toBe(body)
  })

  test('lets a request under way finish when it stops, and takes no other', async () => {
    const { double, server } = await setUp()
    let commit = (): void => {}
    const committed = new Promise<void>((resolve) => (commit = resolve))
    let arrived = (): void => {}
    const arrival = new Promise<void>((resolve) => (arrived = resolve))
    double.engine.ingest = async () => {
      arrived()
      await committed
      return { isNew: true }
    }

    const underWay = fetch(signedRequest(eventBody(), { base: server.url }))
    await arrival
    const closed = server.close()
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow()
    commit()

    expect((await underWay).status).toBe(200)
    await closed
  })

  test('ends open streams when it stops', async () => {
    const { double, closing, server } = await setUp()
    double.changes.push(change(1))
    const stream = await fetch(`${server.url}/v1/changes`, {
      headers: { accept: 'text/event-stream' },
    })

    closing.abort()
    await server.close()

    expect(await stream.text()).toContain('retry:')
  })
})

describe('while the database is away at start', () => {
  test('the process is alive, not ready, and refuses webhooks until it comes back', async () => {
    const { double } = await setUp()
    let isUp = false
    const app = createStartingApp(async () => {
      if (!isUp) throw new ProvisoError('database_unavailable', 'PostgreSQL is out of reach.')
      return createApp({
        engine: double.engine,
        features: ['export'],
        webhookSecrets: [WEBHOOK_SECRET],
      })
    })
    const ask = (path: string): Promise<Response> =>
      app.fetch(new Request(`http://localhost${path}`))
    const statuses = async (): Promise<number[]> => [
      (await ask('/healthz')).status,
      (await ask('/readyz')).status,
      (await app.fetch(signedRequest(eventBody()))).status,
    ]

    expect(await statuses()).toEqual([200, 503, 503])
    isUp = true
    expect(await statuses()).toEqual([200, 200, 200])
  })
})
