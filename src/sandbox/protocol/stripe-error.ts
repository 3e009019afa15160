/** Stripe's error types, as the `type` field says them. */
export type StripeErrorType =
  | 'api_error'
  | 'authentication_error'
  | 'card_error'
  | 'idempotency_error'
  | 'invalid_request_error'
  | 'rate_limit_error'
  | 'temporary_session_expired'

export interface StripeErrorFields {
  readonly type: StripeErrorType
  readonly message: string
  readonly code?: string
  readonly param?: string
  readonly decline_code?: string
  /** Objects the answer embeds: `payment_intent`, `setup_intent`, `charge` (an id), … */
  readonly [object: string]: unknown
}

/** An answer that is an error: thrown by handlers, written as `{"error": …}` by the protocol. */
export class StripeError extends Error {
  readonly status: number
  readonly fields: StripeErrorFields
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    fields: StripeErrorFields,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(fields.message)
    this.name = 'StripeError'
    this.status = status
    this.fields = fields
    this.headers = headers
  }
}

/** 400 `invalid_request_error`: the request makes no sense, or the state forbids it. */
export function invalidRequest(
  message: string,
  more: { code?: string; param?: string } = {},
): StripeError {
  return new StripeError(400, { type: 'invalid_request_error', message, ...more })
}

/**
 * An id that names nothing. In the path it is 404 and its `param` is `id` or the resource's name;
 * in a parameter it is 400 and `param` names the parameter.
 */
export function missing(
  noun: string,
  id: string,
  param = 'id',
  status: 400 | 404 = 404,
): StripeError {
  return new StripeError(status, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${noun}: '${id}'`,
    param,
  })
}

/** 402 `card_error`: the payment was refused. `objects` are what the answer embeds. */
export function cardError(
  fields: { code: string; decline_code?: string; message: string; param?: string },
  objects: Readonly<Record<string, unknown>> = {},
): StripeError {
  return new StripeError(402, { type: 'card_error', ...fields, ...objects })
}
