import { setTimeout as delay } from 'node:timers/promises'
import type { Scope } from '../core/fact.ts'
import { createBackoff } from './backoff.ts'
import type { StripeClient } from './client.ts'
import { isHash, type JsonHash } from './json.ts'
import { dateOfAnswer, startedAt } from './request-time.ts'
import { createRateLimit, type RateLimit } from './rate-limit.ts'
import { classifyFailure, type Failure } from './request-failure.ts'

/** `startedAt`: Unix seconds by the slower of Stripe's clock and ours. */
export type Answer =
  | { kind: 'ok'; json: JsonHash; startedAt: number }
  | { kind: 'absent'; startedAt: number }
  | Exclude<Failure, { kind: 'absent' }>

/** One GET of Stripe's API within its rate limits; expected failures are answers. */
export type Get = (endpoint: string, path: string, scope: Scope) => Promise<Answer>

export interface RequestOptions {
  client: () => Promise<StripeClient>
  /** Requests a second for one endpoint of one account; Stripe allows 25. */
  perSecond: number
  /** Milliseconds since the epoch. */
  now: () => number
  timeoutMs: number
  /** Unix second that dates an answer; absent: our clock, never later than Stripe's. */
  second?: () => number | Promise<number>
}

// Over all endpoints: Stripe allows 100 in live mode and 25 in a sandbox (stripe-facts §3).
const GLOBAL_PER_SECOND = { live: 80, test: 20 }

export function createGet({ client, perSecond, now, timeoutMs, second }: RequestOptions): Get {
  const limits = new Map<string, RateLimit>()
  const backoff = createBackoff()

  function limit(key: string, rate: number): RateLimit {
    const held = limits.get(key)
    if (held !== undefined) return held
    const made = createRateLimit({ perSecond: rate, now })
    limits.set(key, made)
    return made
  }

  return async (endpoint, path, scope) => {
    const mode = scope.livemode ? 'live' : 'test'
    const all = limit(`${scope.account} ${mode}`, Math.max(perSecond, GLOBAL_PER_SECOND[mode]))
    const own = limit(`${scope.account} ${mode} ${endpoint}`, perSecond)
    const waitMs = Math.max(all.take(), own.take())
    if (waitMs > 0) await delay(waitMs)
    const stripe = await client()
    const startMs = now()
    const sent = backoff.sent()
    const told = await second?.()
    const dated = (date: string | null) => told ?? startedAt(startMs, now(), date)
    try {
      const json = await stripe.rawRequest('GET', path, undefined, {
        ...(scope.account === '' ? {} : { stripeAccount: scope.account }),
        // Retries are ours: the SDK's would pass by the rate limit and hide a 429.
        maxNetworkRetries: 0,
        timeout: timeoutMs,
      })
      backoff.succeeded()
      if (isHash(json)) {
        return { kind: 'ok', json, startedAt: dated(dateOfAnswer(json)) }
      }
      return { kind: 'refused', message: `${path}: Stripe did not answer an object` }
    } catch (error) {
      const failure = classifyFailure(error, path, () => backoff.failed(sent))
      if (failure.kind === 'absent') {
        backoff.succeeded()
        return { kind: 'absent', startedAt: dated(failure.date) }
      }
      if (failure.kind === 'retry' && failure.isRateLimit) own.pause(failure.afterMs)
      return failure
    }
  }
}
