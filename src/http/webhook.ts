import { isProvisoError, ProvisoError } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import { silentLog } from '../log.ts'
import { readEnvelope } from '../stripe/envelope.ts'
import type { EnvelopeVerdict } from '../stripe/envelope.ts'
import { verifySignature } from '../stripe/signature.ts'
import type { SignatureVerdict } from '../stripe/signature.ts'
import type { AppDependencies } from './dependencies.ts'
import { errorResponse } from './error-response.ts'
import type { Metrics } from './metrics.ts'
import { readRawBody } from './raw-body.ts'
import { requestIdOf } from './request-id.ts'
import { WEBHOOK_PATH } from './webhook-path.ts'

/** What Stripe is answered; only ever sent after the event's bytes are committed. */
export interface WebhookAnswer {
  received: true
  /** false: the same bytes were held before. */
  new: boolean
  warning?: { code: 'livemode_mismatch'; message: string }
}

const SIGNATURE_CODES = {
  missing: 'signature_missing',
  invalid: 'signature_invalid',
  expired: 'signature_expired',
  future: 'signature_in_future',
} as const satisfies Record<Exclude<SignatureVerdict['kind'], 'ok'>, ErrorCode>

const ENVELOPE_CODES = {
  not_json: 'body_not_json',
  thin: 'event_thin',
  invalid: 'event_invalid',
} as const satisfies Record<Exclude<EnvelopeVerdict['kind'], 'event'>, ErrorCode>

const ROUTE = { route: WEBHOOK_PATH, method: 'POST' }

/**
 * The way in. It verifies, commits and answers, and knows no event's meaning. No middleware, no
 * schema and no log line per event sit on it: this is the one path whose cost matters.
 */
export function createWebhookHandler(
  deps: AppDependencies,
  metrics: Metrics,
): (request: Request) => Promise<Response> {
  const { engine, webhookSecrets, livemode = null, toleranceSeconds = 300 } = deps
  const clock = deps.clock ?? Date.now
  const log = deps.log ?? silentLog

  async function take(request: Request): Promise<WebhookAnswer> {
    if (deps.closing?.aborted === true) {
      throw new ProvisoError(
        'shutting_down',
        'This process is stopping; Stripe will send it again.',
      )
    }
    const body = await readRawBody(request)
    const signature = verifySignature({
      body,
      header: request.headers.get('stripe-signature'),
      secrets: webhookSecrets,
      now: Math.floor(clock() / 1000),
      toleranceSeconds,
    })
    if (signature.kind !== 'ok') {
      throw new ProvisoError(SIGNATURE_CODES[signature.kind], sentence(signature.message))
    }
    const envelope = readEnvelope(body)
    if (envelope.kind !== 'event') {
      throw new ProvisoError(ENVELOPE_CODES[envelope.kind], sentence(envelope.message))
    }
    const { event } = envelope
    const { isNew } = await engine.ingest(event)
    metrics.received(isNew)
    if (isNew) await deps.afterCommit?.()
    if (livemode === null || livemode === event.livemode) return { received: true, new: isNew }
    return { received: true, new: isNew, warning: mismatch(event.livemode) }
  }

  return async (request) => {
    const began = performance.now()
    const requestId = requestIdOf(request)
    const response = await take(request).then(
      (answer) =>
        new Response(JSON.stringify(answer), {
          headers: { 'content-type': 'application/json', 'x-request-id': requestId },
        }),
      (error: unknown) => {
        metrics.rejected(isProvisoError(error) ? error.code : 'internal')
        const refused = errorResponse(error, requestId)
        if (refused.status >= 500) log.error({ err: error, requestId }, 'webhook not stored')
        else log.warn({ code: codeOf(error), requestId }, 'webhook refused')
        return refused
      },
    )
    const seconds = (performance.now() - began) / 1000
    metrics.requestTook({ ...ROUTE, status: response.status, seconds })
    return response
  }
}

/** Stripe also sends test events to live Connect endpoints (stripe-facts row 94), so they are kept. */
function mismatch(livemode: boolean): { code: 'livemode_mismatch'; message: string } {
  const [sent, served] = livemode ? ['live', 'test'] : ['test', 'live']
  return {
    code: 'livemode_mismatch',
    message: `This is a ${sent} event and this service serves ${served} mode: it is stored under ${sent} mode and changes no ${served} access. Check the endpoint, or --mode.`,
  }
}

function codeOf(error: unknown): string {
  return isProvisoError(error) ? error.code : 'internal'
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
