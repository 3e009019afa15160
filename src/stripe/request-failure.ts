import { dateOf } from './request-time.ts'
import { isStripeError, retryAfterMs } from './stripe-error.ts'

export type Failure =
  | { kind: 'absent'; date: string | null }
  | { kind: 'retry'; afterMs: number; message: string; isRateLimit: boolean }
  | { kind: 'refused'; message: string }

/**
 * What an error of the SDK means for a read. Anything that is no error of Stripe's is a
 * bug and thrown on.
 */
export function classifyFailure(error: unknown, path: string, backoffMs: number): Failure {
  if (!isStripeError(error)) throw error
  const { statusCode: status, code, message } = error
  const where = `${path}: ${message}`
  if (status === undefined) {
    return { kind: 'retry', afterMs: backoffMs, message: where, isRateLimit: false }
  }
  if (status === 429) {
    const afterMs = retryAfterMs(error.headers) ?? backoffMs
    return { kind: 'retry', afterMs, message: where, isRateLimit: true }
  }
  if (status >= 500 || status === 409) {
    const afterMs = retryAfterMs(error.headers) ?? backoffMs
    return { kind: 'retry', afterMs, message: where, isRateLimit: false }
  }
  // Stripe words it so when the key is of the other mode: the object is there, we may not see it.
  if (/similar object exists in (live|test) mode/.test(message)) {
    return { kind: 'refused', message: `${where} (set the API key of that mode)` }
  }
  if (status === 404 || code === 'resource_missing')
    return { kind: 'absent', date: dateOf(error.headers) }
  return { kind: 'refused', message: where }
}
