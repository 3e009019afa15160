import { setTimeout as delay } from 'node:timers/promises'
import type { Scope } from '../core/fact.ts'
import { ProvisoError } from '../errors.ts'
import { readEnvelope, type EventEnvelope } from './envelope.ts'
import { restOfList } from './pages.ts'
import type { Get } from './request.ts'

/** Stripe lists no event older than 30 days (stripe-facts §3). */
export const EVENT_HISTORY_SECONDS = 30 * 24 * 3600

const FIRST_WINDOW_SECONDS = 3600
const MIN_WINDOW_SECONDS = 60
// A window is held in memory to be turned round, so it should stay within some megabytes.
const FEW_EVENTS = 50
const MANY_EVENTS = 1000
const MAX_ATTEMPTS = 8

export interface EventListing {
  get: Get
  /** Milliseconds since the epoch. */
  now: () => number
  /** Unix seconds. */
  since: number
  scope: Scope
}

/**
 * Stripe lists newest first; a backfill must go forward, so that what is held is always complete up
 * to some second and a crash resumes there. Windows of time, adapted to how busy the account is,
 * are each listed whole and turned round.
 */
export async function* listEvents(
  listing: EventListing,
): AsyncGenerator<EventEnvelope, undefined, undefined> {
  const end = Math.floor(listing.now() / 1000)
  let from = Math.max(listing.since, end - EVENT_HISTORY_SECONDS)
  let windowSeconds = FIRST_WINDOW_SECONDS
  while (from <= end) {
    const until = Math.min(from + windowSeconds, end + 1)
    const events = await eventsBetween(listing, from, until)
    for (const event of events.reverse()) yield asEnvelope(event, listing.scope)
    if (events.length < FEW_EVENTS) windowSeconds *= 2
    if (events.length > MANY_EVENTS) {
      windowSeconds = Math.max(MIN_WINDOW_SECONDS, Math.floor(windowSeconds / 4))
    }
    from = until
  }
}

async function eventsBetween(
  listing: EventListing,
  from: number,
  until: number,
): Promise<unknown[]> {
  for (let attempt = 1; ; attempt += 1) {
    const list = await restOfList(listing.get, listing.scope, {
      endpoint: 'events',
      path: '/v1/events',
      query: { 'created[gte]': String(from), 'created[lt]': String(until) },
    })
    if (list.kind === 'ok') return list.entries
    const message = list.kind === 'absent' ? '/v1/events: Stripe has no such list' : list.message
    if (list.kind !== 'retry' || attempt === MAX_ATTEMPTS) {
      throw new ProvisoError('stripe_unavailable', `events could not be listed: ${message}`, {
        isRetryable: list.kind === 'retry',
      })
    }
    await delay(list.afterMs)
  }
}

/** As intake would have taken it; asked for by account, events do not name their account. */
function asEnvelope(event: unknown, scope: Scope): EventEnvelope {
  const verdict = readEnvelope(new TextEncoder().encode(JSON.stringify(event)))
  if (verdict.kind !== 'event') {
    throw new ProvisoError('event_invalid', `Stripe listed an unreadable event: ${verdict.message}`)
  }
  if (verdict.event.livemode !== scope.livemode) {
    const mode = scope.livemode ? 'live' : 'test'
    throw new ProvisoError(
      'stripe_unavailable',
      `events of ${mode} mode were asked for with an API key of the other: set a ${mode} mode key`,
    )
  }
  return { ...verdict.event, account: scope.account }
}
