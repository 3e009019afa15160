import type { World } from '../world/world.ts'
import { post, type Delivery, type Destination } from './destination.ts'
import type { Outbox } from './outbox.ts'

/** Keeps the outbox's destinations the same as the account's webhook endpoints. */
export class EndpointDestinations {
  readonly #world: World
  readonly #outbox: Outbox
  readonly #known = new Set<string>()
  #seen = ''

  constructor(world: World, outbox: Outbox) {
    this.#world = world
    this.#outbox = outbox
  }

  /** To be called after any call of the API: endpoints come and go by it. */
  refresh(): void {
    const endpoints = [...this.#world.table('webhook_endpoint').values()]
    const seen = endpoints.map((endpoint) => endpoint.id).join()
    if (seen === this.#seen) return
    this.#seen = seen
    const present = new Set(endpoints.map((endpoint) => endpoint.id))
    for (const id of this.#known) {
      if (present.has(id)) continue
      this.#known.delete(id)
      this.#outbox.remove(id)
    }
    for (const { id } of endpoints) {
      if (this.#known.has(id)) continue
      this.#known.add(id)
      this.#outbox.add(endpointDestination(this.#world, id))
    }
  }
}

function endpointDestination(world: World, id: string): Destination {
  const endpoint = () => world.get('webhook_endpoint', id)
  return {
    id,
    apiVersion: endpoint()?.api_version ?? null,
    secret: world.must('~webhook_secret', id).secret,
    wants(type) {
      const now = endpoint()
      return (
        now?.status === 'enabled' &&
        (now.enabled_events.includes('*') || now.enabled_events.includes(type))
      )
    },
    async deliver(delivery: Delivery) {
      const now = endpoint()
      return now?.status === 'enabled' ? post(now.url, delivery) : 0
    },
  }
}
