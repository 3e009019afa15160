import type { Scope } from '../core/fact.ts'
import type { MeterFailure } from './meter-failure.ts'
import type { MeterRequest } from './meter-request.ts'

export interface MeterSessions {
  /** The token of a session that lasts; many who ask at once share one. */
  open(scope: Scope): Promise<{ kind: 'ok'; token: string } | MeterFailure>
  /** The next to ask gets another. */
  forget(scope: Scope, token: string): void
}

interface Session {
  token: string
  /** Milliseconds since the epoch, by our own clock. */
  until: number
}

const PATH = '/v2/billing/meter_event_session'
/** A session is renewed this long before its end: a request may be under way for a while. */
const MARGIN_MS = 60_000
/** A token is good for 15 minutes (stripe-facts §5). */
const LASTS_MS = 15 * 60_000
const TIMEOUT_MS = 10_000

/** Sessions of the meter event stream: what it takes in the place of an API key. */
export function createMeterSessions({
  request,
  now,
}: {
  request: MeterRequest
  now: () => number
}): MeterSessions {
  const held = new Map<boolean, Session>()
  const opening = new Map<boolean, ReturnType<MeterSessions['open']>>()

  async function make(scope: Scope): ReturnType<MeterSessions['open']> {
    const began = now()
    const answer = await request('POST', PATH, scope, {}, { timeout: TIMEOUT_MS })
    if (answer.kind === 'refused') {
      const message = `${PATH}: ${answer.message} Stripe serves the stream in live mode only: report with meterEvents "v1" otherwise.`
      // It says nothing of the usage, which therefore waits.
      return { kind: 'unavailable', afterMs: null, message }
    }
    // No event was sent, so nothing is in doubt.
    if (answer.kind === 'unknown') return { ...answer, kind: 'unavailable' }
    if (answer.kind !== 'ok') return answer
    const { authentication_token: token, created, expires_at: end } = answer.json
    if (typeof token !== 'string') {
      return { kind: 'unavailable', afterMs: null, message: `${PATH}: no token was answered` }
    }
    // Their clock and ours may differ: what counts is how long it lasts.
    const lasts = Date.parse(String(end)) - Date.parse(String(created))
    const until = began + (Number.isNaN(lasts) ? LASTS_MS : lasts) - MARGIN_MS
    held.set(scope.livemode, { token, until })
    return { kind: 'ok', token }
  }

  return {
    async open(scope) {
      const { livemode } = scope
      const session = held.get(livemode)
      if (session !== undefined && now() < session.until)
        return { kind: 'ok', token: session.token }
      const under = opening.get(livemode) ?? make(scope)
      opening.set(livemode, under)
      try {
        return await under
      } finally {
        opening.delete(livemode)
      }
    },
    forget({ livemode }, token) {
      if (held.get(livemode)?.token === token) held.delete(livemode)
    },
  }
}
