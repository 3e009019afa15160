import type { Chaos } from '../delivery/chaos.ts'
import type { Destination, EventOrigin } from '../delivery/destination.ts'

export interface DeliverToOptions {
  /** The signing secret the app expects: `whsec_…`. */
  readonly secret: string
  /** Where the app takes webhooks. Default `/webhooks/stripe`. */
  readonly path?: string
  /** The version its events are rendered in. Default: the account's. */
  readonly apiVersion?: string
  /** Event types; default all. */
  readonly types?: readonly string[]
  /** Tells the events as those of a connected account, or to an organization. Default: its own. */
  readonly from?: EventOrigin
  readonly chaos?: Partial<Chaos>
}

/** An app's own `fetch(Request)` as a webhook endpoint: no port, no network. */
export function appDestination(
  app: (request: Request) => Response | Promise<Response>,
  options: DeliverToOptions,
  id: string,
): Destination {
  const url = new URL(options.path ?? '/webhooks/stripe', 'http://app.invalid').toString()
  return {
    id,
    apiVersion: options.apiVersion ?? null,
    secret: options.secret,
    ...(options.from === undefined ? {} : { from: options.from }),
    wants: (type) => options.types === undefined || options.types.includes(type),
    async deliver({ body, headers }) {
      try {
        const response = await app(new Request(url, { method: 'POST', body, headers }))
        await response.arrayBuffer()
        return response.status
      } catch {
        return 0
      }
    },
  }
}
