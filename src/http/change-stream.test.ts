import { describe, expect, test } from 'vitest'
import { change, createEngineDouble } from '../../test/support/engine-double.ts'
import { ProvisoError } from '../errors.ts'
import { createApp } from './app.ts'
import { streamChanges } from './change-stream.ts'

function setUp() {
  const double = createEngineDouble()
  const closing = new AbortController()
  const app = createApp({
    engine: double.engine,
    features: ['export'],
    webhookSecrets: ['whsec_1'],
    allowUnauthenticated: true,
    closing: closing.signal,
  })
  const open = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    app.fetch(
      new Request(`http://localhost${path}`, {
        headers: { accept: 'text/event-stream', ...headers },
      }),
    )
  return { double, closing, app, open }
}

/** Reads until the text so far satisfies `isEnough`, or the stream ends. */
function reader(response: Response) {
  const chunks = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  return {
    async until(isEnough: (text: string) => boolean): Promise<string> {
      while (!isEnough(text)) {
        const { done, value } = await chunks.read()
        if (done) break
        text += decoder.decode(value)
      }
      return text
    },
    cancel: () => chunks.cancel(),
  }
}

const ids = (text: string): number[] =>
  [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]))

describe('the page of changes', () => {
  test('begins after a position and says where the next one begins', async () => {
    const { app, double } = setUp()
    double.changes.push(change(1), change(2), change(3))

    const response = await app.fetch(new Request('http://localhost/v1/changes?after=1&limit=1'))

    expect(await response.json()).toMatchObject({
      changes: [{ id: 'chg_2', position: 2 }],
      next: 2,
      hasMore: true,
    })
  })
})

describe('the stream of changes', () => {
  test('sends what there is, each with its position as id', async () => {
    const { double, open } = setUp()
    double.changes.push(change(1), change(2))

    const response = await open('/v1/changes')
    const stream = reader(response)
    const text = await stream.until((text) => ids(text).length === 2)
    await stream.cancel()

    expect(response.headers.get('content-type')).toContain('text/event-stream')
    expect(ids(text)).toEqual([1, 2])
    expect(text).toContain('event: change\ndata: {"id":"chg_1"')
  })

  test('goes on with what comes later', async () => {
    const { double, open } = setUp()
    const stream = reader(await open('/v1/changes?after=0'))
    await stream.until((text) => text.includes('retry:'))

    const later = stream.until((text) => ids(text).length === 1)
    double.changes.push(change(1))
    double.wake()

    expect(ids(await later)).toEqual([1])
    await stream.cancel()
  })

  test('resumes after Last-Event-ID, which goes before ?after=', async () => {
    const { double, open } = setUp()
    double.changes.push(change(1), change(2), change(3))

    const stream = reader(await open('/v1/changes?after=0', { 'last-event-id': '2' }))

    expect(ids(await stream.until((text) => ids(text).length === 1))).toEqual([3])
    await stream.cancel()
  })

  test('refuses a Last-Event-ID that is no position', async () => {
    const { open } = setUp()

    expect((await open('/v1/changes', { 'last-event-id': 'chg_2' })).status).toBe(400)
  })

  test('sends a comment when nothing happens for a while', async () => {
    const { engine } = createEngineDouble()
    // As after a long silence: waiting ends and there is nothing.
    engine.waitForChanges = async () => {}

    const stream = reader(
      streamChanges({ engine, query: { after: 0 }, signals: [], heartbeatMs: 1 }),
    )

    expect(await stream.until((text) => text.includes(': heartbeat'))).toContain(': heartbeat\n\n')
    await stream.cancel()
  })

  test('ends by itself when the server begins to stop', async () => {
    const { closing, open } = setUp()
    const stream = reader(await open('/v1/changes'))
    await stream.until((text) => text.includes('retry:'))

    const ended = stream.until(() => false)
    closing.abort()

    expect(await ended).not.toContain('event: error')
  })

  test('tells why and ends when the database goes away, so that the reader comes back', async () => {
    const { double, open } = setUp()
    double.failure = new ProvisoError('database_unavailable', 'PostgreSQL is out of reach.')

    const text = await reader(await open('/v1/changes')).until(() => false)

    expect(text).toContain('event: error\ndata: {"code":"database_unavailable"')
  })

  test('stops waiting in the engine when the reader goes away', async () => {
    const { double, app } = setUp()
    const waited: AbortSignal[] = []
    const wait = double.engine.waitForChanges
    double.engine.waitForChanges = (after, waitMs, signal) => {
      if (signal !== undefined) waited.push(signal)
      return wait(after, waitMs, signal)
    }
    const response = await app.fetch(
      new Request('http://localhost/v1/changes', { headers: { accept: 'text/event-stream' } }),
    )
    const stream = reader(response)
    await stream.until((text) => text.includes('retry:'))
    void stream.until(() => false)
    while (waited.length === 0) await new Promise((resolve) => setImmediate(resolve))

    await stream.cancel()

    expect(waited[0]?.aborted).toBe(true)
  })
})
