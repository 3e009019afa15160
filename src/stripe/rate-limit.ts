/** A token bucket in virtual time: pure arithmetic, the caller waits. Times are milliseconds. */
export interface RateLimit {
  /** Takes one token and answers how long to wait before using it. */
  take(): number
  /** Nobody proceeds for this long: Stripe asked us to back off. */
  pause(durationMs: number): void
}

export interface RateLimitOptions {
  perSecond: number
  /** Requests that may go at once after a quiet time. @defaultValue a quarter of perSecond */
  burst?: number
  /** Milliseconds of any steady clock. */
  now: () => number
}

export function createRateLimit({ perSecond, burst, now }: RateLimitOptions): RateLimit {
  const intervalMs = 1000 / perSecond
  const burstMs = Math.max(1, burst ?? perSecond / 4) * intervalMs
  /** When the bucket will be full again: each token taken moves it one interval on. */
  let fullAt = now()
  return {
    take() {
      const at = now()
      fullAt = Math.max(fullAt, at) + intervalMs
      return Math.max(0, fullAt - burstMs - at)
    },
    pause(durationMs) {
      fullAt = Math.max(fullAt, now() + durationMs + burstMs)
    },
  }
}
