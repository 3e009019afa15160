import { describe, expect, test } from 'vitest'
import { apiError, pageOf, startApiServer } from '../../test/support/stripe-api-server.ts'
import type { EventEnvelope } from './envelope.ts'
import { EVENT_HISTORY_SECONDS } from './list-events.ts'
import { createReader } from './reads.ts'

const NOW = 1_760_000_000
const SCOPE = { account: '', livemode: false }

interface ListedEvent {
  id: string
  object: string
  type: string
  created: number
  livemode: boolean
  data: object
}

function eventAt(created: number, index: number): ListedEvent {
  return {
    id: `evt_${index}`,
    object: 'event',
    type: 'invoice.paid',
    created,
    livemode: false,
    data: { object: { id: `in_${index}`, object: 'invoice' } },
  }
}

/** A server that lists as Stripe does: newest first, within `created[gte]` and `created[lt]`. */
function startEventServer(events: readonly ListedEvent[]) {
  return startApiServer(({ path, query }) => {
    if (path !== '/v1/events') return undefined
    const from = Number(query.get('created[gte]'))
    const until = Number(query.get('created[lt]'))
    const within = events.filter(({ created }) => created >= from && created < until)
    return pageOf([...within].reverse(), query)
  })
}

function readerOf(port: number) {
  return createReader({
    apiKey: 'sk_test_1',
    host: '127.0.0.1',
    port,
    protocol: 'http',
    perSecond: 10_000,
    now: () => NOW * 1000,
  })
}

async function collect(events: AsyncIterable<EventEnvelope>): Promise<EventEnvelope[]> {
  const collected: EventEnvelope[] = []
  for await (const event of events) collected.push(event)
  return collected
}

describe('listing events', () => {
  test('goes forward in time, over pages and windows, each event once', async () => {
    const gaps = [...Array<number>(2500).fill(1), 90_000, ...Array<number>(40).fill(20_000)]
    let created = NOW - 20 * 24 * 3600
    const events = gaps.map((gap, index) => eventAt((created += gap), index))
    await using server = await startEventServer(events)

    const listed = await collect(readerOf(server.port).listEvents(NOW - 25 * 24 * 3600, SCOPE))

    expect(listed.map((event) => event.id)).toEqual(events.map((event) => event.id))
    expect(JSON.parse(new TextDecoder().decode(listed[0]?.body))).toEqual(events[0])
  })

  test('begins at the second asked for, and ends with the present one', async () => {
    const events = [NOW - 101, NOW - 100, NOW].map(eventAt)
    await using server = await startEventServer(events)

    const listed = await collect(readerOf(server.port).listEvents(NOW - 100, SCOPE))

    expect(listed.map((event) => event.created)).toEqual([NOW - 100, NOW])
  })

  test('asks for nothing older than Stripe keeps', async () => {
    await using server = await startEventServer([])

    await collect(readerOf(server.port).listEvents(0, SCOPE))

    expect(Number(server.requests[0]?.query.get('created[gte]'))).toBe(NOW - EVENT_HISTORY_SECONDS)
    expect(server.requests.length).toBeLessThan(20)
  })

  test('names the connected account it asked for', async () => {
    await using server = await startEventServer([eventAt(NOW, 1)])

    const [event] = await collect(
      readerOf(server.port).listEvents(NOW - 10, { account: 'acct_7', livemode: false }),
    )

    expect(event?.account).toBe('acct_7')
    expect(server.requests[0]?.headers['stripe-account']).toBe('acct_7')
  })

  test('goes on after Stripe was busy', async () => {
    let refusals = 0
    await using server = await startApiServer(({ query }) => {
      refusals += 1
      if (refusals > 2) return pageOf([eventAt(NOW, 1)], query)
      return { status: 429, headers: { 'retry-after': '0' }, json: apiError('rate_limit', 'busy') }
    })

    const listed = await collect(readerOf(server.port).listEvents(NOW - 10, SCOPE))

    expect(listed).toHaveLength(1)
  })

  test('ends with an error where the key may not list them', async () => {
    await using server = await startApiServer(() => ({
      status: 403,
      json: apiError('x', 'this key may not list events'),
    }))

    await expect(collect(readerOf(server.port).listEvents(NOW - 10, SCOPE))).rejects.toMatchObject({
      code: 'stripe_unavailable',
      isRetryable: false,
    })
  })
  test('ends with an error where the key is of the other mode', async () => {
    await using server = await startEventServer([eventAt(NOW, 1)])

    await expect(
      collect(readerOf(server.port).listEvents(NOW - 10, { account: '', livemode: true })),
    ).rejects.toThrow(/set a live mode key/)
  })
})
