import { describe, expect, test } from 'vitest'
import type { Scope } from '../core/fact.ts'
import type { StripeRequestOptions } from './client.ts'
import { createMeterApi } from './meter-api.ts'

const SCOPE: Scope = { account: '', livemode: true }
const SESSION = '/v2/billing/meter_event_session'
const STREAM = '/v2/billing/meter_event_stream'

interface Call {
  path: string
  events: string[]
  options: StripeRequestOptions
}

/** As the SDK throws it. */
function stripeError(statusCode: number, type = 'StripeInvalidRequestError') {
  return Object.assign(new Error('no'), { type, rawType: 'x', statusCode })
}

/** Stripe as the stream needs it; `fails` throws for what a call is to be refused with. */
function setUp(fails: (call: Call) => void = () => {}) {
  const state = { now: 0, sessions: 0 }
  const calls: Call[] = []
  const api = createMeterApi({
    events: 'v2Stream',
    perSecond: 1_000_000,
    now: () => state.now,
    client: async () => ({
      async rawRequest(_method, path, params, options = {}) {
        const events = ((params?.['events'] ?? []) as { identifier: string }[]).map(
          ({ identifier }) => identifier,
        )
        const call = { path, events, options }
        calls.push(call)
        fails(call)
        if (path !== SESSION) return {}
        state.sessions += 1
        return {
          authentication_token: `token_${state.sessions}`,
          // Their clock is years behind ours: only the difference counts.
          created: '2020-01-01T00:00:00Z',
          expires_at: '2020-01-01T00:15:00Z',
        }
      },
    }),
  })
  const send = (identifier: string, scope = SCOPE) =>
    api.send(
      { name: 'calls', identifier, stripeCustomer: 'cus_1', quantity: 3, at: 1_760_000_000 },
      null,
      scope,
    )
  const streamed = () => calls.filter(({ path }) => path === STREAM)
  return { state, calls, send, streamed }
}

describe('the meter event stream', () => {
  test('takes a hundred events in a request, those that come meanwhile in the next', async () => {
    const { send, streamed } = setUp()

    const answers = await Promise.all(Array.from({ length: 250 }, (_, n) => send(`e${n}`)))

    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['ok']))
    expect(streamed().map(({ events }) => events.length)).toEqual([100, 100, 50])
    expect(new Set(streamed().flatMap(({ events }) => events)).size).toBe(250)
  })

  test('is asked with the token of a session, at a host of its own, by one session for many', async () => {
    const { calls, send, streamed } = setUp()

    await Promise.all([send('a'), send('b')])
    await send('c')

    expect(calls.map(({ path }) => path)).toEqual([SESSION, STREAM, STREAM])
    expect(streamed().map(({ options }) => options)).toMatchObject([
      { apiKey: 'token_1', apiBase: 'meter_events', maxNetworkRetries: 0 },
      { apiKey: 'token_1' },
    ])
  })

  test('gets a new session before the old one ends', async () => {
    const { send, state, streamed } = setUp()
    await send('a')
    state.now = 13 * 60_000
    await send('b')
    state.now = 14 * 60_000
    await send('c')

    expect(streamed().map(({ options }) => options.apiKey)).toEqual([
      'token_1',
      'token_1',
      'token_2',
    ])
  })

  test('gets a new session where Stripe ends one early, and sends the events once more', async () => {
    const { send, streamed } = setUp(({ path, options }) => {
      if (path === STREAM && options.apiKey === 'token_1') {
        throw stripeError(401, 'TemporarySessionExpiredError')
      }
    })

    expect(await send('a')).toEqual({ kind: 'ok', value: null })
    expect(streamed().map(({ options }) => options.apiKey)).toEqual(['token_1', 'token_2'])
  })

  test('that takes no token at all is tried twice, and the usage waits', async () => {
    const { send, streamed } = setUp(({ path }) => {
      if (path === STREAM) throw stripeError(401, 'StripeAuthenticationError')
    })

    expect(await send('a')).toMatchObject({ kind: 'unavailable' })
    expect(streamed()).toHaveLength(2)
  })

  test('refuses only the event that is wrong, not those sent with it', async () => {
    const { send } = setUp(({ events }) => {
      if (events.includes('bad')) throw stripeError(400)
    })
    const names = ['a', 'b', 'bad', 'c', 'd']

    const answers = await Promise.all(names.map((name) => send(name)))

    expect(answers.map(({ kind }) => kind)).toEqual(['ok', 'ok', 'refused', 'ok', 'ok'])
  })

  test('leaves in doubt all that a lost answer carried', async () => {
    const { send } = setUp(({ path }) => {
      if (path === STREAM) throw stripeError(500, 'StripeAPIError')
    })

    const answers = await Promise.all([send('a'), send('b')])

    expect(answers).toMatchObject([{ kind: 'unknown' }, { kind: 'unknown' }])
  })

  test.each([400, 500])('leaves nothing in doubt where a session fails by %i', async (status) => {
    const { send, streamed } = setUp(({ path }) => {
      if (path === SESSION) throw stripeError(status)
    })

    expect(await send('a')).toMatchObject({ kind: 'unavailable' })
    expect(streamed()).toEqual([])
  })

  test('goes on after an error that is none of Stripe’s', async () => {
    const failing = { isOn: true }
    const { send } = setUp(() => {
      if (failing.isOn) throw new TypeError('a bug')
    })
    await expect(send('a')).rejects.toThrow('a bug')
    failing.isOn = false

    expect(await send('b')).toMatchObject({ kind: 'ok' })
  })

  test('is not asked for a connected account', async () => {
    const { calls, send } = setUp()

    await send('a', { account: 'acct_1', livemode: true })

    expect(calls).toMatchObject([
      { path: '/v1/billing/meter_events', options: { stripeAccount: 'acct_1' } },
    ])
  })
})
