/** Every code a user may meet, with the HTTP status it answers. Recognise errors by `code` only. */
export const ERROR_CODES = {
  signature_missing: 400,
  signature_invalid: 400,
  signature_expired: 400,
  signature_in_future: 400,
  body_too_large: 413,
  body_not_json: 400,
  event_invalid: 400,
  event_thin: 400,
  livemode_mismatch: 200,
  unauthorized: 401,
  invalid_request: 400,
  unknown_feature: 404,
  unknown_customer: 404,
  feature_not_usage: 400,
  invalid_quantity: 400,
  usage_too_old: 400,
  usage_in_future: 400,
  usage_too_old_to_cancel: 409,
  usage_id_reused: 409,
  reservation_unknown: 404,
  not_found: 404,
  method_not_allowed: 405,
  catalog_invalid: 500,
  config_invalid: 500,
  database_unavailable: 503,
  migration_failed: 500,
  schema_too_new: 500,
  stripe_unavailable: 502,
  stripe_missing: 500,
  shutting_down: 503,
  internal: 500,
} as const

export type ErrorCode = keyof typeof ERROR_CODES

const BRAND = Symbol.for('proviso.error')

export class ProvisoError extends Error {
  readonly [BRAND] = true
  readonly code: ErrorCode
  /** Data for programs; never a secret. */
  readonly details: Record<string, unknown> | undefined
  readonly isRetryable: boolean

  /** @param message names the value at fault and the setting or command that fixes it. */
  constructor(
    code: ErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown; isRetryable?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ProvisoError'
    this.code = code
    this.details = options.details
    this.isRetryable = options.isRetryable ?? false
  }

  get status(): number {
    return ERROR_CODES[this.code]
  }
}

/** True across duplicate installs of the package, where `instanceof` is not. */
export function isProvisoError(error: unknown): error is ProvisoError {
  return typeof error === 'object' && error !== null && BRAND in error
}
