import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Change } from '../../src/engine/engine.ts'
import { createFeed } from '../../src/engine/feed/changes.ts'
import { createConsumers } from '../../src/engine/feed/consumer.ts'
import { webhookHandler, type OutgoingBody } from '../../src/engine/feed/outgoing-webhooks.ts'
import { isPermanentFailure } from '../../src/engine/feed/permanent-failure.ts'
import { silentLog } from '../../src/log.ts'
import type { Database, Queryable } from '../../src/store/database.ts'
import { testDatabases } from '../support/database.ts'
import { append, emptyFeed, newChange } from './feed-fixture.ts'

const OLD_SECRET = `whsec_${Buffer.from('an old secret of 24 bytes').toString('base64')}`
const NEW_SECRET = `whsec_${Buffer.from('a new secret of 24 bytes!').toString('base64')}`

/** What a handler is given; a webhook writes nothing. */
const unusedTransaction: Queryable = {
  query: () => Promise.reject(new Error('a webhook needs no database')),
}

const change: Change = { id: 'chg_7', position: 7, ...newChange('zoë') }

interface Delivery {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

/** The app's endpoint: answers with the next of `answers`, then with 204; 'hang' gives no answer. */
async function startEndpoint() {
  const deliveries: Delivery[] = []
  const answers: (number | 'hang')[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      deliveries.push({ path: request.url ?? '', headers: request.headers, body })
      const answer = answers.shift() ?? 204
      if (answer === 'hang') return
      response.writeHead(answer, answer === 302 ? { location: '/elsewhere' } : {}).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?token=hush`,
    deliveries,
    answers,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function verified(delivery: Delivery | undefined, secret: string): OutgoingBody {
  if (delivery === undefined) throw new Error('Nothing was delivered.')
  return new Webhook(secret).verify(
    delivery.body,
    delivery.headers as Record<string, string>,
  ) as OutgoingBody
}

describe('an outgoing webhook', () => {
  let endpoint: Awaited<ReturnType<typeof startEndpoint>>
  beforeEach(async () => {
    endpoint = await startEndpoint()
    return () => endpoint.close()
  })

  test('passes the verifier of Standard Webhooks, and carries the change under its id', async () => {
    await webhookHandler({ url: endpoint.url, secret: NEW_SECRET })(change, unusedTransaction)

    const body = verified(endpoint.deliveries[0], NEW_SECRET)
    expect(body).toEqual({
      type: 'access.changed',
      timestamp: '2025-10-09T08:53:20.000Z',
      data: change,
    })
    expect(endpoint.deliveries[0]?.headers).toMatchObject({
      'webhook-id': 'chg_7',
      'content-type': 'application/json',
    })
    expect(() => verified(endpoint.deliveries[0], OLD_SECRET)).toThrow()
  })

  test('passes with either secret while one is rolled', async () => {
    const handler = webhookHandler({ url: endpoint.url, secret: [NEW_SECRET, OLD_SECRET] })
    await handler(change, unusedTransaction)

    expect(verified(endpoint.deliveries[0], OLD_SECRET).data.id).toBe('chg_7')
    expect(verified(endpoint.deliveries[0], NEW_SECRET).data.id).toBe('chg_7')
  })

  test.each([500, 404, 302])(
    'fails on status %i and says so, without the query',
    async (status) => {
      endpoint.answers.push(status)
      const handler = webhookHandler({ url: endpoint.url, secret: NEW_SECRET })

      const error: unknown = await handler(change, unusedTransaction).catch((e: unknown) => e)

      expect(String(error)).toMatch(new RegExp(`/hooks answered ${status}\\.$`))
      expect(isPermanentFailure(error)).toBe(false)
      expect(endpoint.deliveries).toHaveLength(1)
    },
  )

  test('takes 410 for a permanent failure', async () => {
    endpoint.answers.push(410)
    const handler = webhookHandler({ url: endpoint.url, secret: NEW_SECRET })

    await expect(handler(change, unusedTransaction)).rejects.toSatisfy(isPermanentFailure)
  })

  test('fails when no answer comes in time, and when nobody listens', async () => {
    endpoint.answers.push('hang')
    const handler = webhookHandler({ url: endpoint.url, secret: NEW_SECRET, timeoutMs: 100 })
    await expect(handler(change, unusedTransaction)).rejects.toThrow(/no answer within 100 ms/)

    await endpoint.close()
    await expect(handler(change, unusedTransaction)).rejects.toThrow(/could not be reached/)
  })

  test('refuses a URL or secret that could never work, without repeating the secret', () => {
    const make = (url: string, secret: string | string[]) => () => webhookHandler({ url, secret })

    expect(make('/hooks', NEW_SECRET)).toThrow(/absolute http/)
    expect(make('ftp://a/b', NEW_SECRET)).toThrow(/absolute http/)
    expect(make(endpoint.url, [])).toThrow(/at least one/)
    expect(make(endpoint.url, 'whsec_hunter2')).toThrow(/base64/)
    expect(make(endpoint.url, 'whsec_hunter2')).not.toThrow(/hunter2/)
  })
})

describe.each(testDatabases)('outgoing webhooks from the feed on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await open()
  })
  beforeEach(() => emptyFeed(db))
  afterAll(() => db.close())

  test('are repeated under one id until taken, and are dead letters once the endpoint is gone', async () => {
    const endpoint = await startEndpoint()
    const feed = createFeed(db)
    const consumers = createConsumers(db, feed, { log: silentLog })
    endpoint.answers.push(503, 503, 204, 410)
    consumers.onChange('outgoing', webhookHandler({ url: endpoint.url, secret: NEW_SECRET }), {
      backoffMs: () => 0,
    })
    await append(db, 'ada')
    await consumers.runOnce()
    await append(db, 'bob', 'cyd')
    await consumers.runOnce()

    const ids = endpoint.deliveries.map((delivery) => delivery.headers['webhook-id'])
    expect(ids).toEqual(['chg_1', 'chg_1', 'chg_1', 'chg_2', 'chg_3'])
    expect(await consumers.deadLetters()).toMatchObject([
      { change: { id: 'chg_2' }, lastError: expect.stringContaining('answered 410') as string },
    ])
    await consumers.close()
    await feed.close()
    await endpoint.close()
  })
})
