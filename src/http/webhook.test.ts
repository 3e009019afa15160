import { describe, expect, test } from 'vitest'
import { createEngineDouble } from '../../test/support/engine-double.ts'
import { eventBody, signedRequest, WEBHOOK_SECRET } from '../../test/support/signed-event.ts'
import { ProvisoError } from '../errors.ts'
import { createApp } from './app.ts'
import type { AppDependencies } from './dependencies.ts'

function setUp(overrides: Partial<AppDependencies> = {}) {
  const double = createEngineDouble()
  const app = createApp({
    engine: double.engine,
    features: ['export', 'seats'],
    webhookSecrets: [WEBHOOK_SECRET],
    ...overrides,
  })
  return { double, app }
}

async function refusal(
  response: Response,
): Promise<{ status: number; code: string; message: string }> {
  const { error } = (await response.json()) as { error: { code: string; message: string } }
  return { status: response.status, code: error.code, message: error.message }
}

const now = (): number => Math.floor(Date.now() / 1000)

describe('a signed event', () => {
  test('is answered 200 with its exact bytes handed to the engine', async () => {
    const { app, double } = setUp()
    // Spaces and escapes that no serializer would write again this way.
    const body = eventBody().replace('"object":"event"', '"object" :  "\\u0065vent"')

    const response = await app.fetch(signedRequest(body))

    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ received: true, new: true })
    expect(Buffer.from(double.ingested[0]?.body ?? []).toString()).toBe(body)
    expect(double.ingested[0]).toMatchObject({ id: 'evt_1', account: '', livemode: false })
  })

  test('is told not to be new when it comes again', async () => {
    const { app } = setUp()
    await app.fetch(signedRequest(eventBody()))

    const again = await app.fetch(signedRequest(eventBody()))

    expect(await again.json()).toEqual({ received: true, new: false })
  })

  test('is not answered before the engine has made it durable', async () => {
    const { app, double } = setUp()
    let commit = (): void => {}
    const committed = new Promise<void>((resolve) => (commit = resolve))
    const ingest = double.engine.ingest
    double.engine.ingest = async (event) => {
      await committed
      return ingest(event)
    }
    let isAnswered = false

    const answer = app.fetch(signedRequest(eventBody())).finally(() => (isAnswered = true))
    await app.fetch(new Request('http://localhost/healthz'))

    expect(isAnswered).toBe(false)
    commit()
    expect((await answer).status).toBe(200)
  })

  test('is good by the second of two secrets, while one is rolled', async () => {
    const { app } = setUp({ webhookSecrets: ['whsec_old', WEBHOOK_SECRET] })

    expect((await app.fetch(signedRequest(eventBody()))).status).toBe(200)
  })

  test('carries its connected account', async () => {
    const { app, double } = setUp()

    await app.fetch(signedRequest(eventBody({ account: 'acct_1' })))

    expect(double.ingested[0]?.account).toBe('acct_1')
  })

  test('of test mode on a live endpoint is stored and answered with a warning', async () => {
    const { app, double } = setUp({ livemode: true })

    const response = await app.fetch(signedRequest(eventBody({ livemode: false })))

    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      received: true,
      new: true,
      warning: { code: 'livemode_mismatch', message: expect.stringContaining('test event') },
    })
    expect(double.ingested).toHaveLength(1)
  })

  test('runs the work after the commit before it is answered, where that is asked for', async () => {
    const done: string[] = []
    const { app } = setUp({ afterCommit: async () => void done.push('settled') })

    await app.fetch(signedRequest(eventBody()))

    expect(done).toEqual(['settled'])
  })
})

describe('a request that is not stored', () => {
  const cases: {
    name: string
    request: () => Request
    status: number
    code: string
    says: string
  }[] = [
    {
      name: 'without a signature',
      request: () =>
        new Request('http://localhost/webhooks/stripe', { method: 'POST', body: '{}' }),
      status: 400,
      code: 'signature_missing',
      says: 'Stripe-Signature',
    },
    {
      name: 'signed with another secret',
      request: () => signedRequest(eventBody(), { secret: 'whsec_other' }),
      status: 400,
      code: 'signature_invalid',
      says: 'whsec_',
    },
    {
      name: 'with a malformed signature header',
      request: () =>
        new Request('http://localhost/webhooks/stripe', {
          method: 'POST',
          body: eventBody(),
          headers: { 'stripe-signature': 'hello' },
        }),
      status: 400,
      code: 'signature_invalid',
      says: 't=',
    },
    {
      name: 'whose body was altered after signing',
      request: () => {
        const honest = signedRequest(eventBody())
        return new Request(honest.url, {
          method: 'POST',
          headers: honest.headers,
          body: eventBody({ id: 'evt_2' }),
        })
      },
      status: 400,
      code: 'signature_invalid',
      says: 'alters the body',
    },
    {
      name: 'signed ten minutes ago',
      request: () => signedRequest(eventBody(), { signedAt: now() - 600 }),
      status: 400,
      code: 'signature_expired',
      says: 'ago',
    },
    {
      name: 'signed ten minutes ahead',
      request: () => signedRequest(eventBody(), { signedAt: now() + 600 }),
      status: 400,
      code: 'signature_in_future',
      says: 'clock',
    },
    {
      name: 'that is not JSON',
      request: () => signedRequest('<xml/>'),
      status: 400,
      code: 'body_not_json',
      says: 'JSON',
    },
    {
      name: 'without an event id',
      request: () => signedRequest('{"object":"event","type":"invoice.paid","created":1}'),
      status: 400,
      code: 'event_invalid',
      says: 'Id:',
    },
    {
      name: 'that is a thin event',
      request: () =>
        signedRequest(
          '{"object":"v2.core.event","id":"evt_1","type":"v1.invoice.paid","created":"2026-11-01T00:00:00Z"}',
        ),
      status: 400,
      code: 'event_thin',
      says: 'snapshot',
    },
    {
      name: 'of more than a mebibyte',
      request: () => signedRequest(`"${'x'.repeat(1024 * 1024)}"`),
      status: 413,
      code: 'body_too_large',
      says: '1048576',
    },
  ]

  test.each(cases)('$name is refused as $code', async ({ request, status, code, says }) => {
    const { app, double } = setUp()

    const refused = await refusal(await app.fetch(request()))

    expect(refused).toMatchObject({ status, code, message: expect.stringContaining(says) })
    expect(double.ingested).toEqual([])
  })

  test('of unbounded length is cut off while it streams in', async () => {
    const { app } = setUp()
    let sent = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 64 * 1024
        controller.enqueue(new Uint8Array(64 * 1024))
      },
    })
    const request = new Request('http://localhost/webhooks/stripe', {
      method: 'POST',
      body: endless,
      duplex: 'half',
    } as RequestInit)

    expect(await refusal(await app.fetch(request))).toMatchObject({ code: 'body_too_large' })
    expect(sent).toBeLessThan(16 * 1024 * 1024)
  })

  test('while the database is away is answered 503 with Retry-After, and 200 once it is back', async () => {
    const { app, double } = setUp()
    double.failure = new ProvisoError('database_unavailable', 'PostgreSQL is out of reach.')

    const refused = await app.fetch(signedRequest(eventBody()))
    double.failure = null
    const accepted = await app.fetch(signedRequest(eventBody()))

    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(accepted.status).toBe(200)
    expect(await accepted.json()).toEqual({ received: true, new: true })
  })

  test('for a reason nobody foresaw is answered 500 without the reason', async () => {
    const { app, double } = setUp()
    double.failure = new Error('password "hunter2" of customer ada')

    const refused = await refusal(await app.fetch(signedRequest(eventBody())))

    expect(refused).toMatchObject({ status: 500, code: 'internal' })
    expect(refused.message).not.toContain('hunter2')
  })

  test('while the process stops is answered 503, so that Stripe sends it again', async () => {
    const { app, double } = setUp({ closing: AbortSignal.abort() })

    const refused = await refusal(await app.fetch(signedRequest(eventBody())))

    expect(refused).toMatchObject({ status: 503, code: 'shutting_down' })
    expect(double.ingested).toEqual([])
  })

  test('is counted by its code', async () => {
    const { app } = setUp()
    await app.fetch(signedRequest(eventBody()))
    await app.fetch(signedRequest(eventBody()))
    await app.fetch(signedRequest(eventBody(), { secret: 'whsec_other' }))

    const metrics = await (await app.fetch(new Request('http://localhost/metrics'))).text()

    expect(metrics).toContain('proviso_webhooks_received_total 2')
    expect(metrics).toContain('proviso_webhooks_duplicates_total 1')
    expect(metrics).toContain('proviso_webhooks_rejected_total{code="signature_invalid"} 1')
  })
})
