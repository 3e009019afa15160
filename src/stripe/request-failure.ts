import { dateOf } from './request-time.ts'
import { isStripeError, retryAfterMs } from './stripe-error.ts'

export type Failure =
  | { kind: 'absent'; date: string | null }
  | { kind: 'retry'; afterMs: number; message: string; isRateLimit: boolean }
  | { kind: 'refused'; message: string }

/**
 * What an error of the SDK means for a read; `backoff` is asked where it may be tried again. Anything
 * that is no error of Stripe's is a bug and thrown on.
 */
export function classifyFailure(error: unknown, path: string, backoff: () => number): Failure {
  if (!isStripeError(error)) throw error
  const { statusCode: status, code, message } = error
  const where = `${path}: ${message}`
  if (status === undefined || status === 429 || status === 409 || status >= 500) {
    const backoffMs = backoff()
    const afterMs = retryAfterMs(error.headers) ?? backoffMs
    return { kind: 'retry', afterMs, message: where, isRateLimit: status === 429 }
  }
  // Stripe words it so when the key is of the other mode: the object is there, we may not see it.
  if (/similar object exists in (live|test) mode/.test(message)) {
    return { kind: 'refused', message: `${where} (set the API key of that mode)` }
  }
  if (status === 404 || code === 'resource_missing')
    return { kind: 'absent', date: dateOf(error.headers) }
  return { kind: 'refused', message: where }
}
