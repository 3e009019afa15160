import { Webhook } from 'standardwebhooks'
import { ProvisoError } from '../../errors.ts'
import type { Change, ChangeHandler } from '../engine.ts'
import { PermanentFailure } from './permanent-failure.ts'

export interface OutgoingWebhook {
  url: string
  /** `whsec_` and base64; several while one is rolled: each signs, and any of them verifies. */
  secret: string | readonly string[]
  /** Milliseconds until an answer must have come. @defaultValue 10000 */
  timeoutMs?: number
  /** @defaultValue the global fetch */
  fetch?: typeof globalThis.fetch
}

export interface OutgoingBody {
  type: 'access.changed'
  /** When it was decided, ISO 8601. */
  timestamp: string
  data: Change
}

/** A gone endpoint says so with this status (standardwebhooks.com, "operational considerations"). */
const GONE = 410

/**
 * Sends each change to an endpoint, signed by Standard Webhooks. The id stays the same over retries:
 * the receiver tells repeats by it.
 *
 * @example
 * proviso.onChange('outgoing', webhookHandler({ url: 'https://app.example/hooks', secret: 'whsec_…' }))
 */
export function webhookHandler(webhook: OutgoingWebhook): ChangeHandler {
  const { timeoutMs = 10_000, fetch = globalThis.fetch } = webhook
  const url = parseUrl(webhook.url)
  const signers = (typeof webhook.secret === 'string' ? [webhook.secret] : webhook.secret).map(
    openSigner,
  )
  if (signers.length === 0) throw invalid('secret is empty: give at least one whsec_… secret.')
  // Without query: it may hold a token, and the message ends up in logs and dead letters.
  const where = `${url.origin}${url.pathname}`

  return async (change) => {
    const body = JSON.stringify({
      type: 'access.changed',
      timestamp: new Date(change.decidedAt * 1000).toISOString(),
      data: change,
    } satisfies OutgoingBody)
    const sentAt = new Date()
    const response = await send(() =>
      fetch(url, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'webhook-id': change.id,
          'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
          'webhook-signature': signers
            .map((signer) => signer.sign(change.id, sentAt, body))
            .join(' '),
        },
        // A redirect would drop the body or send it where nobody asked for it: it is no 2xx.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      }),
    )
    // The answer's body is of no interest, and unread it would hold the connection.
    await response.body?.cancel().catch(() => {})
    if (response.status === GONE) {
      throw new PermanentFailure(`${where} answered 410: the endpoint is gone.`)
    }
    if (!response.ok) throw new Error(`${where} answered ${response.status}.`)
  }

  async function send(request: () => Promise<Response>): Promise<Response> {
    try {
      return await request()
    } catch (error) {
      throw new Error(`${where} could not be reached: ${describe(error, timeoutMs)}.`, {
        cause: error,
      })
    }
  }
}

/** `fetch` hides why it failed in the cause. */
function describe(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`
  return error.cause instanceof Error ? error.cause.message : error.message
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw invalid('url must be an absolute http(s) URL.')
  }
  return url
}

function openSigner(secret: string): Webhook {
  if (!/^whsec_[A-Za-z0-9+/]{16,}={0,2}$/.test(secret)) {
    throw invalid('secret must be "whsec_" followed by base64 (24 random bytes or more).')
  }
  return new Webhook(secret)
}

function invalid(message: string): ProvisoError {
  return new ProvisoError('config_invalid', `Outgoing webhook: ${message}`)
}
