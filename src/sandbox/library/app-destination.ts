import type { Chaos } from '../delivery/chaos.ts'
import type { Destination } from '../delivery/destination.ts'

export interface DeliverToOptions {
  /** The signing secret the app expects: `whsec_…`. */
  readonly secret: string
  /** Where the app takes webhooks. Default `/webhooks/stripe`. */
  readonly path?: string
  /** The version its events are rendered in. Default: the account's. */
  readonly apiVersion?: string
  /** Event types; default all. */
  readonly types?: readonly string[]
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
