import type { IncomingMessage, ServerResponse } from 'node:http'
import { toNodeHandler } from './node.ts'
import type { Fetchable } from './mounted-path.ts'

export type { Fetchable } from './mounted-path.ts'

/**
 * A handler for Express 4 and 5, mounted before any body parser.
 *
 * @example
 * app.use('/billing', toExpressHandler(proviso)) // webhook: /billing/webhooks/stripe
 * app.use(express.json())
 */
export function toExpressHandler(
  proviso: Fetchable,
): (request: IncomingMessage, response: ServerResponse) => void {
  // `app.use(path, …)` takes the mount path off `request.url` itself.
  return toNodeHandler(proviso)
}
