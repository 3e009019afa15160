const MAX_RETRY_AFTER_MS = 600_000

/** What we read of an error that the SDK throws. */
export interface StripeErrorData {
  statusCode?: number
  code?: string
  message: string
  headers?: Record<string, unknown>
}

/** Recognised by its data, since two installs of the SDK have two sets of classes. */
export function isStripeError(error: unknown): error is StripeErrorData {
  if (!(error instanceof Error) || !('type' in error) || typeof error.type !== 'string')
    return false
  // Errors of /v2 are called by their own names, e.g. TemporarySessionExpiredError.
  return error.type.startsWith('Stripe') || ('rawType' in error && 'statusCode' in error)
}

/** Milliseconds that Stripe asks to wait, ten minutes at most; null: it does not say. */
export function retryAfterMs(headers: Record<string, unknown> | undefined): number | null {
  const seconds = Number(headers?.['retry-after'] ?? Number.NaN)
  if (!Number.isFinite(seconds) || seconds < 0) return null
  return Math.min(seconds * 1000, MAX_RETRY_AFTER_MS)
}
