import { signPayload } from '../../src/stripe/signature.ts'

export const WEBHOOK_SECRET = 'whsec_test_secret'

export interface EventSketch {
  id?: string
  type?: string
  created?: number
  livemode?: boolean
  account?: string
  object?: object
}

/** A small Stripe event of our own making. */
export function eventBody(sketch: EventSketch = {}): string {
  return JSON.stringify({
    id: sketch.id ?? 'evt_1',
    object: 'event',
    api_version: '2025-09-30.clover',
    ...(sketch.account === undefined ? {} : { account: sketch.account }),
    created: sketch.created ?? 1_760_000_000,
    data: { object: sketch.object ?? { id: 'in_1', object: 'invoice', status: 'paid' } },
    livemode: sketch.livemode ?? false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: sketch.type ?? 'invoice.paid',
  })
}

export interface SignedRequestOptions {
  secret?: string
  /** Unix seconds of the signature; default: now. */
  signedAt?: number
  /** Where Proviso is, no slash at the end. @defaultValue 'http://localhost' */
  base?: string
}

/** The request Stripe would send with this body. */
export function signedRequest(
  body: string | Uint8Array,
  options: SignedRequestOptions = {},
): Request {
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body)
  return new Request(`${options.base ?? 'http://localhost'}/webhooks/stripe`, {
    method: 'POST',
    body: bytes,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': signPayload(
        bytes,
        options.secret ?? WEBHOOK_SECRET,
        options.signedAt ?? Math.floor(Date.now() / 1000),
      ),
    },
  })
}
