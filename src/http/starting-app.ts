import { ProvisoError } from '../errors.ts'
import type { Fetchable } from './adapters/mounted-path.ts'
import { errorResponse } from './error-response.ts'
import { requestIdOf } from './request-id.ts'

/**
 * What is served while the database cannot be reached at start: alive, not ready, every webhook
 * refused with 503 so that Stripe sends it again. Hands over to the real app once there is one.
 *
 * @param current answers the real app, starting it where needed; rejects while it cannot start.
 */
export function createStartingApp(current: () => Promise<Fetchable>): Fetchable {
  let app: Fetchable | null = null
  return {
    async fetch(request) {
      if (app !== null) return app.fetch(request)
      const requestId = requestIdOf(request)
      const { pathname } = new URL(request.url)
      // Liveness must not wait for a database: a supervisor would kill what only has to wait.
      if (pathname === '/healthz') return Response.json({ status: 'ok' })
      try {
        app = await current()
      } catch (error) {
        if (pathname === '/readyz') return notReady(requestId)
        return errorResponse(error, requestId)
      }
      return app.fetch(request)
    },
  }
}

function notReady(requestId: string): Response {
  return Response.json(
    { ready: false, database: 'down', pending: 0, lagSeconds: 0, hold: null },
    { status: 503, headers: { 'x-request-id': requestId, 'cache-control': 'no-store' } },
  )
}

/** For a face that is asked after it was closed. */
export function closedError(): ProvisoError {
  return new ProvisoError('shutting_down', 'This Proviso was closed; create another to go on.')
}
