import Stripe from 'stripe-current'
import { SANDBOX_KEY, type Sandbox } from '../../../src/sandbox/index.ts'

/** Where a peer's SDK finds its Stripe, and how often it asked there. */
export class StripeApi {
  reads = 0
  readonly #url: URL

  constructor(sandbox: Pick<Sandbox, 'url'>) {
    this.#url = new URL(sandbox.url)
  }

  /** What an SDK is told to reach it by the network, as it would Stripe. */
  get address(): { host: string; port: number; protocol: 'http' } {
    return { host: this.#url.hostname, port: Number(this.#url.port), protocol: 'http' }
  }

  /** `fetch`, each call counted. */
  readonly fetch: typeof fetch = (input, init) => {
    this.reads += 1
    return fetch(input, init)
  }

  /** Stripe's SDK with nothing set but where it calls. */
  client(): Stripe {
    return new Stripe(SANDBOX_KEY, {
      ...this.address,
      telemetry: false,
      httpClient: Stripe.createFetchHttpClient(this.fetch),
    })
  }
}
