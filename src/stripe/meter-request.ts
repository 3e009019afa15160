import { setTimeout as delay } from 'node:timers/promises'
import type { Scope } from '../core/fact.ts'
import { createBackoff } from './backoff.ts'
import type { StripeClient, StripeRequestOptions } from './client.ts'
import { isHash, type JsonHash } from './json.ts'
import { classifyMeterFailure, type MeterFailure } from './meter-failure.ts'
import { createRateLimit, type RateLimit } from './rate-limit.ts'

export type MeterAnswer = { kind: 'ok'; json: JsonHash } | MeterFailure

/** One request about meters within Stripe's rate limits; expected failures are answers. */
export type MeterRequest = (
  method: 'GET' | 'POST',
  path: string,
  scope: Scope,
  params?: Record<string, unknown>,
  options?: Pick<StripeRequestOptions, 'apiKey' | 'apiBase' | 'timeout'>,
) => Promise<MeterAnswer>

export interface MeterRequestOptions {
  client: () => Promise<StripeClient>
  /** Requests a second of one account; Stripe takes 1,000 meter events (stripe-facts §5). */
  perSecond: number
  /** Milliseconds since the epoch. */
  now: () => number
  timeoutMs: number
}

export function createMeterRequest(options: MeterRequestOptions): MeterRequest {
  const { client, perSecond, now, timeoutMs } = options
  const limits = new Map<string, RateLimit>()
  const backoff = createBackoff()

  function limitOf({ account, livemode }: Scope): RateLimit {
    const key = `${account} ${livemode}`
    const held = limits.get(key)
    if (held !== undefined) return held
    const made = createRateLimit({ perSecond, now })
    limits.set(key, made)
    return made
  }

  return async (method, path, scope, params, own = {}) => {
    const limit = limitOf(scope)
    const waitMs = limit.take()
    if (waitMs > 0) await delay(waitMs)
    const stripe = await client()
    const sent = backoff.sent()
    try {
      const json = await stripe.rawRequest(method, path, params, {
        ...(scope.account === '' ? {} : { stripeAccount: scope.account }),
        // Retries are ours: each is counted, and a doubt is noted before it is sent. Where a
        // connection was closed the SDK repeats once all the same.
        maxNetworkRetries: 0,
        timeout: timeoutMs,
        ...own,
      })
      backoff.succeeded()
      if (isHash(json)) return { kind: 'ok', json }
      return { kind: 'unknown', afterMs: null, message: `${path}: no object was answered` }
    } catch (error) {
      const failure = classifyMeterFailure(error, path)
      if (failure.kind !== 'limited') backoff.succeeded()
      else {
        const backoffMs = backoff.failed(sent)
        limit.pause(failure.afterMs ?? backoffMs)
      }
      return failure
    }
  }
}
