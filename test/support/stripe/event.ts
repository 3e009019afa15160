/** Plain JSON as Stripe sends it. */
export type Json = Record<string, unknown>

/** `basil`: payloads of 2026-10-28.endive; `legacy`: payloads of 2022-11-15 (stripe-facts §2.3). */
export type Shape = 'basil' | 'legacy'

export const SHAPES: readonly Shape[] = ['basil', 'legacy']

export const API_VERSION: Record<Shape, string> = {
  basil: '2026-10-28.endive',
  legacy: '2022-11-15',
}

export interface StripeEvent {
  id: string
  object: 'event'
  api_version: string
  /** Unix seconds. */
  created: number
  livemode: false
  pending_webhooks: number
  request: { id: string | null; idempotency_key: string | null }
  type: string
  data: { object: Json; previous_attributes?: Json }
}

/** What an API read answered; the only way to learn a session's line items (stripe-facts §6.4). */
export interface StripeRead {
  object: 'proviso.read'
  type: string
  id: string
  /** Unix seconds at which the request started. */
  requested_at: number
  result: Json | null
}

export type Body = StripeEvent | StripeRead

export function isEvent(body: Body): body is StripeEvent {
  return body.object === 'event'
}

/** Second at which a body came into the world. */
export function bodyAt(body: Body): number {
  return isEvent(body) ? body.created : body.requested_at
}

/** The Stripe object a body tells of; an empty one where a read found nothing. */
export function bodyObject(body: Body): Json {
  return isEvent(body) ? body.data.object : (body.result ?? {})
}
