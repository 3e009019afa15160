import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { z } from 'zod'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Delivery, Destination } from '../delivery/destination.ts'
import type { Outbox } from '../delivery/outbox.ts'
import type { Module } from '../module.ts'
import { route } from '../protocol/route.ts'
import { CURRENT_VERSION } from '../protocol/versions.ts'

/** Where Stripe's CLI opens its websocket. */
export const LISTEN_PATH = '/_sandbox/stripecli'

/** What the CLI's `Sec-WebSocket-Protocol` must say. */
const SUBPROTOCOL = 'stripecli-devproxy-v1'

/** Seconds after which a forwarded event counts as unanswered. */
const ANSWER_SECONDS = 30

/**
 * The far side of `stripe listen` and `stripe logs tail`, as Stripe's CLI speaks it: a session by
 * POST, then a websocket over which signed events go out and the app's answers come back.
 */
export class StripeListen {
  readonly #sessions = new Set<string>()
  /** One for all sessions, as Stripe keeps it for a device: printed once, good for the next `listen`. */
  #secret: string | undefined
  readonly #outbox: () => Outbox
  readonly #server = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  })

  constructor(outbox: () => Outbox) {
    this.#outbox = outbox
  }

  get module(): Module {
    return {
      routes: [
        route({
          method: 'POST',
          path: '/v1/stripecli/sessions',
          // The CLI tells much about itself that changes nothing here.
          params: z.looseObject({}),
          handle: ({ world, params, baseUrl }) => {
            const id = world.id('ws')
            this.#secret ??= `whsec_${world.random.text(48)}`
            this.#sessions.add(id)
            const [feature] = featuresIn(params)
            return {
              websocket_id: id,
              websocket_url: `${baseUrl.replace(/^http/u, 'ws')}${LISTEN_PATH}`,
              websocket_authorized_feature: feature ?? 'webhooks',
              secret: this.#secret,
              reconnect_delay: 600,
              default_version: world.settings.apiVersion,
              latest_version: CURRENT_VERSION,
              device_token: world.id('dt'),
              display_connect_filter_warning: false,
            }
          },
        }),
      ],
    }
  }

  /** Takes over an HTTP connection that asks for LISTEN_PATH; refuses any other. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://sandbox')
    const id = String(request.headers['websocket-id'] ?? '')
    if (url.pathname !== LISTEN_PATH || !this.#sessions.has(id)) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
      return
    }
    this.#server.handleUpgrade(request, socket, head, (connection) => {
      if (url.searchParams.get('websocket_feature') !== 'webhooks') return
      this.#serve(id, connection)
    })
  }

  close(): void {
    for (const connection of this.#server.clients) connection.terminate()
    this.#server.close()
  }

  #serve(id: string, connection: WebSocket): void {
    const answers = new Map<string, (status: number) => void>()
    const destination: Destination = {
      id,
      apiVersion: null,
      secret: this.#secret ?? '',
      // The CLI filters by itself: --events, --all-snapshot.
      wants: () => connection.readyState === connection.OPEN,
      deliver: (delivery) =>
        new Promise((resolve) => {
          const timer = setTimeout(() => finish(0), ANSWER_SECONDS * 1_000)
          const finish = (status: number): void => {
            clearTimeout(timer)
            answers.delete(delivery.eventId)
            resolve(status)
          }
          answers.set(delivery.eventId, finish)
          connection.send(JSON.stringify(message(id, delivery)), (error) => {
            if (error !== undefined && error !== null) finish(0)
          })
        }),
    }
    connection.on('message', (data) => {
      const answer = readAnswer(String(data as Buffer))
      // An acknowledgement alone means that the CLI's filter left the event out.
      if (answer !== undefined) answers.get(answer.id)?.(answer.status)
    })
    connection.on('close', () => {
      this.#outbox().remove(id)
      for (const finish of answers.values()) finish(0)
    })
    connection.on('error', () => connection.terminate())
    this.#outbox().add(destination)
  }
}

function featuresIn(params: Readonly<Record<string, unknown>>): string[] {
  const features = params['websocket_features']
  return Array.isArray(features)
    ? features.map(String)
    : features === undefined
      ? []
      : [String(features)]
}

function message(id: string, { eventId, body, headers }: Delivery) {
  return {
    type: 'webhook_event',
    webhook_id: id,
    webhook_conversation_id: eventId,
    // A version here makes the CLI drop the event unless it was asked for the latest.
    endpoint: { api_version: null },
    event_payload: body,
    http_headers: {
      'Stripe-Signature': headers['stripe-signature'],
      'Content-Type': headers['content-type'],
      'User-Agent': headers['user-agent'],
    },
  }
}

function readAnswer(text: string): { id: string; status: number } | undefined {
  try {
    const answer = JSON.parse(text) as Record<string, unknown>
    const id = answer['webhook_conversation_id']
    if (answer['type'] !== 'webhook_response' || typeof id !== 'string') return undefined
    return { id, status: Number(answer['status'] ?? 0) }
  } catch {
    return undefined
  }
}
