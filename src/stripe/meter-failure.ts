import { isStripeError, retryAfterMs } from './stripe-error.ts'

export type MeterFailure =
  /** Nothing was done, and nothing is wrong with the request. */
  | { kind: 'limited' | 'unavailable'; afterMs: number | null; message: string }
  /** Nobody knows whether it was done. */
  | { kind: 'unknown'; afterMs: number | null; message: string }
  /** Nothing was done, and it will be refused again. */
  | { kind: 'refused'; code: string; message: string }

/**
 * What an error of the SDK means for usage that is sent. Anything that is no error of
 * Stripe's is a bug and thrown on.
 */
export function classifyMeterFailure(error: unknown, path: string): MeterFailure {
  if (!isStripeError(error)) throw error
  const { statusCode: status, message } = error
  const where = `${path}: ${message}`
  const afterMs = retryAfterMs(error.headers)
  if (status === undefined || status >= 500) return { kind: 'unknown', afterMs, message: where }
  if (status === 429) return { kind: 'limited', afterMs, message: where }
  // A key that is wrong or may not do this says nothing of the usage: it waits for another key.
  if (status === 401 || status === 403 || status === 409) {
    return { kind: 'unavailable', afterMs, message: where }
  }
  return { kind: 'refused', code: error.code ?? `http_${status}`, message }
}
