import { serve } from '@hono/node-server'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { ok } from './support/call.ts'

const NOW = '2026-01-31T00:00:00Z'
const SECRET = 'whsec_test'

/** An app that verifies with Stripe's SDK and keeps what it takes. */
function receiver(answer: (event: Stripe.Event) => number = () => 200) {
  const taken: Stripe.Event[] = []
  return {
    taken,
    async fetch(request: Request): Promise<Response> {
      const event = verified(await request.text(), request.headers.get('stripe-signature') ?? '')
      if (event === null) return new Response(null, { status: 400 })
      const status = answer(event)
      if (status < 300) taken.push(event)
      return new Response(null, { status })
    },
  }
}

function verified(body: string, signature: string): Stripe.Event | null {
  try {
    return Stripe.webhooks.constructEvent(body, signature, SECRET)
  } catch {
    return null
  }
}

async function serveApp(fetch: (request: Request) => Promise<Response>) {
  const server = serve({ fetch, hostname: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}

async function makeProducts(sandbox: Sandbox, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    await ok(sandbox, 'POST', '/v1/products', { name: `P${at}` })
  }
  await sandbox.delivered()
}

test('each event arrives signed, as GET /v1/events shows it', async () => {
  const sandbox = await createSandbox({ now: NOW })
  const app = receiver()
  sandbox.deliverTo(app.fetch, { secret: SECRET })
  await makeProducts(sandbox, 2)
  const { data } = await ok(sandbox, 'GET', '/v1/events')
  expect(app.taken.map((event) => ({ ...event, pending_webhooks: 0 }))).toEqual(data.reverse())
})

test('a refused delivery is tried again twice over a few hours, then given up', async () => {
  const sandbox = await createSandbox({ now: NOW })
  let attempts = 0
  const app = receiver(() => {
    attempts += 1
    return 500
  })
  sandbox.deliverTo(app.fetch, { secret: SECRET })
  await makeProducts(sandbox, 1)
  expect(attempts).toBe(1)
  await sandbox.advance({ hours: 1 })
  expect(attempts).toBe(2)
  await sandbox.advance({ hours: 3 })
  expect(attempts).toBe(3)
  await sandbox.advance({ days: 10 })
  expect(attempts).toBe(3)
  const { data } = await ok(sandbox, 'GET', '/v1/events', { delivery_success: 'false' })
  expect(data).toHaveLength(1)
  expect(data[0].pending_webhooks).toBe(1)
})

test('an event can be sent again by hand, also after it was delivered', async () => {
  const sandbox = await createSandbox({ now: NOW })
  const app = receiver()
  sandbox.deliverTo(app.fetch, { secret: SECRET })
  await makeProducts(sandbox, 1)
  const [event] = sandbox.events()
  await ok(sandbox, 'POST', `/v1/events/${event?.id}/retry`)
  await sandbox.delivered()
  expect(app.taken.map(({ id }) => id)).toEqual([event?.id, event?.id])
})

test('chaos reorders, doubles and duplicates the same way for the same seed, and loses nothing it was not told to', async () => {
  const run = async (seed: number) => {
    const sandbox = await createSandbox({ seed, now: NOW })
    const app = receiver()
    sandbox.deliverTo(app.fetch, {
      secret: SECRET,
      chaos: { reorder: 6, duplicate: 0.3, drop: 0.2, double: 0.2, delay: 600 },
    })
    await makeProducts(sandbox, 30)
    await sandbox.advance({ days: 1 })
    return { taken: app.taken.map(({ id }) => id), emitted: sandbox.events().map(({ id }) => id) }
  }
  const one = await run(3)
  expect(await run(3)).toEqual(one)
  expect(new Set(one.taken)).toEqual(new Set(one.emitted))
  expect(one.taken.length).toBeGreaterThan(one.emitted.length)
  expect(one.emitted.length).toBeGreaterThan(30)
  const firsts = [...new Set(one.taken)]
  expect(firsts).not.toEqual(one.emitted)
})

test('two Event objects of one change differ in their id alone', async () => {
  const sandbox = await createSandbox({ now: NOW })
  sandbox.chaos({ double: 1 })
  const app = receiver()
  sandbox.deliverTo(app.fetch, { secret: SECRET })
  await makeProducts(sandbox, 1)
  const [first, second] = app.taken
  expect(first?.id).not.toBe(second?.id)
  expect({ ...first, id: '' }).toEqual({ ...second, id: '' })
})

test('lost deliveries never come, and the list of events still has them', async () => {
  const sandbox = await createSandbox({ now: NOW })
  const app = receiver()
  sandbox.deliverTo(app.fetch, { secret: SECRET, chaos: { lose: 1 } })
  await makeProducts(sandbox, 3)
  await sandbox.advance({ days: 3 })
  expect(app.taken).toHaveLength(0)
  expect((await ok(sandbox, 'GET', '/v1/events')).data).toHaveLength(3)
})

test('an endpoint gets the types it asked for, until it is deleted', async () => {
  const sandbox = await createSandbox({ now: NOW, listen: true })
  const app = receiver()
  const other = await serveApp(app.fetch)
  const endpoint = await ok(sandbox, 'POST', '/v1/webhook_endpoints', {
    url: `${other.url}/hook`,
    enabled_events: ['product.updated'],
  })
  expect(endpoint.secret).toMatch(/^whsec_/)
  await makeProducts(sandbox, 1)
  expect(sandbox.status().deliveries).toMatchObject({ delivered: 0, failed: 0 })
  const [event] = sandbox.events()
  const id = (event?.data.object as { id: string }).id
  await ok(sandbox, 'POST', `/v1/products/${id}`, { name: 'other' })
  await sandbox.delivered()
  // Its secret is not the receiver's: an app that checks refuses it, and it is owed again later.
  expect(sandbox.status().deliveries).toMatchObject({ delivered: 0, failed: 1, later: 1 })
  await ok(sandbox, 'DELETE', `/v1/webhook_endpoints/${endpoint.id}`)
  expect(sandbox.status().deliveries).toMatchObject({ later: 0 })
  await sandbox.close()
  await other.close()
})

test.each([
  [{ duplicate: 2 }, /duplicate is 2/],
  [{ reorder: -1 }, /reorder is -1/],
  [{ dupe: 0.1 }, /no knob "dupe"/],
])('a chaos knob that makes no sense is refused by name: %o', async (change, message) => {
  const sandbox = await createSandbox({ now: NOW })
  expect(() => sandbox.chaos(change as object)).toThrow(message)
})
