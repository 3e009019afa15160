import { createReader, type Reader } from '../../../src/stripe/reads.ts'
import type { Setting } from './contestant.ts'

/** A service's own reader over the sandbox's API, by the sandbox's clock, with its calls counted. */
export class CountedReads {
  readonly reader: Reader
  readonly byType: Record<string, number> = {}
  count = 0

  constructor({ sandbox, now }: Pick<Setting, 'sandbox' | 'now'>) {
    // In process: over a socket the server would stamp its answers with the time of this machine.
    const client = sandbox.client({ maxNetworkRetries: 0 })
    this.reader = createReader({
      stripe: {
        rawRequest: async (method, path, params, options) => {
          this.count += 1
          const type = /^\/v1\/([^?]*?)(?:\/[a-z]+_[^/?]*)?(?:\?|$)/.exec(path)?.[1] ?? path
          this.byType[type] = (this.byType[type] ?? 0) + 1
          return client.rawRequest(method, path, params, options ?? {})
        },
      },
      // A clock that stands still refills no bucket of tokens; nobody is to be spared here.
      perSecond: 1_000_000,
      now: () => now() * 1_000,
    })
  }
}
