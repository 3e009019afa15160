import type Stripe from 'stripe'
import { StripeError } from '../../protocol/stripe-error.ts'
import type { World } from '../../world/world.ts'
import type { Wire } from '../../wire.ts'
import { countStreamed } from './accept-meter-event.ts'
import { reportFaults, type FaultyEvent } from './error-report.ts'
import { isFault, readMeterEvent, type MeterEventInput } from './meter-event.ts'

/** A session's token is good for 15 minutes (stripe-facts §5). */
const SESSION_SECONDS = 15 * 60

export function openEventSession(world: World): Wire<Stripe.V2.Billing.MeterEventSession> {
  const now = world.now()
  const token = `token_${world.random.text(48)}`
  world.insert('~meter_event_session', { id: token, expires: now + SESSION_SECONDS })
  return {
    id: world.id('mes_test'),
    object: 'v2.billing.meter_event_session',
    authentication_token: token,
    created: new Date(now * 1_000).toISOString(),
    expires_at: new Date((now + SESSION_SECONDS) * 1_000).toISOString(),
    livemode: false,
  }
}

/**
 * What the stream asks for in the place of an API key.
 * @throws {StripeError} 401 where the header carries no token of a session that still lasts.
 */
export function authenticateStream(world: World, authorization: string | null): void {
  const token = /^Bearer\s+(\S+)$/iu.exec(authorization ?? '')?.[1] ?? ''
  const session = world.get('~meter_event_session', token)
  if (session !== undefined && session.expires > world.now()) return
  throw new StripeError(401, {
    type: session === undefined ? 'authentication_error' : 'temporary_session_expired',
    code: session === undefined ? 'invalid_session_token' : 'billing_meter_event_session_expired',
    message:
      session === undefined
        ? 'The meter event stream takes the authentication_token of a meter event session as its Bearer token.'
        : 'The session of the meter event stream has expired: make another one.',
  })
}

/** Takes events and checks them afterwards: what cannot count is told in thin events only. */
export function streamMeterEvents(world: World, inputs: readonly MeterEventInput[]): void {
  const faulty: FaultyEvent[] = []
  for (const input of inputs) {
    const read = readMeterEvent(world, input)
    if (isFault(read)) faulty.push({ fault: read, identifier: input.identifier ?? '' })
    else countStreamed(world, read)
  }
  reportFaults(world, faulty)
}
