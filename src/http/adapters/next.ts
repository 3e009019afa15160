import { withoutBasePath } from './mounted-path.ts'
import type { Fetchable, MountOptions } from './mounted-path.ts'

export type { Fetchable, MountOptions } from './mounted-path.ts'

type RouteHandler = (request: Request) => Promise<Response>

export interface RouteHandlers {
  GET: RouteHandler
  POST: RouteHandler
  DELETE: RouteHandler
}

/**
 * Route handlers for the App Router, for a catch-all file such as
 * `app/api/billing/[...path]/route.ts`.
 *
 * @example
 * export const { GET, POST, DELETE } = toNextHandlers(proviso, { basePath: '/api/billing' })
 */
export function toNextHandlers(proviso: Fetchable, options: MountOptions = {}): RouteHandlers {
  const handle: RouteHandler = async (request) => {
    const url = new URL(request.url)
    const path = withoutBasePath(url.pathname + url.search, options.basePath)
    // Made from the old one, so that body, headers and abort signal stay as they are.
    return proviso.fetch(new Request(new URL(path, url.origin), request))
  }
  return { GET: handle, POST: handle, DELETE: handle }
}
