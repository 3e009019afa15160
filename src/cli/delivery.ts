import { setTimeout as delay } from 'node:timers/promises'
import { signPayload } from '../stripe/signature.ts'
import type { EventText } from './event-files.ts'

export interface DeliveryOptions {
  /** Where webhooks are taken. */
  endpoint: string
  secret: string
  /** Further attempts after a network failure or a 5xx. */
  retries: number
}

export type DeliveryResult =
  | { kind: 'accepted'; isNew: boolean; warning: string | null }
  | { kind: 'refused'; status: number; code: string; message: string }
  | { kind: 'failed'; message: string }

const FIRST_RETRY_MS = 100
const LAST_RETRY_MS = 3_000
const TIMEOUT_MS = 30_000

/** Signs and posts one event as Stripe would; each attempt is signed anew, as Stripe does. */
export async function deliver(event: EventText, options: DeliveryOptions): Promise<DeliveryResult> {
  for (let attempt = 0; ; attempt += 1) {
    const result = await post(event, options)
    const mayPass = result.kind === 'failed' || (result.kind === 'refused' && result.status >= 500)
    if (!mayPass || attempt >= options.retries) return result
    await delay(Math.min(FIRST_RETRY_MS * 2 ** attempt, LAST_RETRY_MS))
  }
}

/** Posts all events, `concurrency` at a time, in their order of beginning. */
export async function deliverAll(
  events: readonly EventText[],
  options: DeliveryOptions & { concurrency: number },
  seen: (event: EventText, result: DeliveryResult) => void,
): Promise<void> {
  const queue = events.values()
  const worker = async (): Promise<void> => {
    for (const event of queue) seen(event, await deliver(event, options))
  }
  await Promise.all(Array.from({ length: Math.min(options.concurrency, events.length) }, worker))
}

async function post(event: EventText, options: DeliveryOptions): Promise<DeliveryResult> {
  const body = Buffer.from(event.text)
  let response: Response
  let text: string
  try {
    response = await fetch(options.endpoint, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signPayload(body, options.secret, Math.floor(Date.now() / 1000)),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    text = await response.text()
  } catch (error) {
    const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return { kind: 'failed', message: inner instanceof Error ? inner.message : String(inner) }
  }
  const answer = parse(text)
  if (response.ok) {
    return {
      kind: 'accepted',
      isNew: answer.new !== false,
      warning: answer.warning?.message ?? null,
    }
  }
  return {
    kind: 'refused',
    status: response.status,
    code: answer.error?.code ?? `http_${response.status}`,
    message: answer.error?.message ?? text.slice(0, 200),
  }
}

interface Answer {
  new?: boolean
  warning?: { message?: string }
  error?: { code?: string; message?: string }
}

function parse(text: string): Answer {
  try {
    return (JSON.parse(text) as Answer | null) ?? {}
  } catch {
    return {}
  }
}
