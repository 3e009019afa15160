import type { World } from '../world/world.ts'

/** What a page needs of whoever composes it. */
export interface PagesOptions {
  readonly world: World
  /** The origin to hand out in links where the request's own is not what a browser can reach. */
  readonly publicUrl?: () => string | undefined
  /** What the app's customer has access to, as the service under test answers. */
  readonly access?: (customer: string) => Promise<unknown>
  /** What that service makes of a Checkout Session, by its id. */
  readonly checkoutStatus?: (session: string) => Promise<unknown>
  /** How the shop stamps the app's customer on what it sells. Default `customer_id`. */
  readonly customerMetadataKey?: string
}

export function baseUrlOf(options: PagesOptions, request: Request): string {
  return options.publicUrl?.() ?? new URL(request.url).origin
}

/** Runs what a press on a page's button does: an API call of Stripe's own page, so it has an id. */
export function asRequest<T>(world: World, act: () => T): T {
  const before = world.cause
  world.cause = { id: world.id('req', 14), idempotency_key: null }
  try {
    return act()
  } finally {
    world.cause = before
  }
}
