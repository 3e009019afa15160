import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { ProvisoError } from '../../errors.ts'
import { errorResponse } from '../error-response.ts'
import { requestIdOf } from '../request-id.ts'
import { withoutBasePath } from './mounted-path.ts'
import type { Fetchable, MountOptions } from './mounted-path.ts'
import { consumedBody } from './raw-body-of.ts'
import type { MaybeParsed } from './raw-body-of.ts'

export type { Fetchable, MountOptions } from './mounted-path.ts'

/**
 * A listener for `node:http` and everything built on it.
 *
 * @example
 * createServer(toNodeHandler(proviso)).listen(4400)
 */
export function toNodeHandler(
  proviso: Fetchable,
  options: MountOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  const answer = getRequestListener((request) => proviso.fetch(request), {
    // The app's own Request and Response stay what they are.
    overrideGlobalObjects: false,
  })
  const refuse = getRequestListener((request) => errorResponse(bodyLost(), requestIdOf(request)), {
    overrideGlobalObjects: false,
  })
  return (request, response) => {
    const incoming: MaybeParsed = request
    incoming.url = withoutBasePath(incoming.url ?? '/', options.basePath)
    const body = consumedBody(incoming)
    if (body.kind === 'raw') incoming.rawBody = body.bytes
    if (body.kind === 'parsed') {
      if (isSigned(incoming)) return void refuse(request, response)
      // Nothing signs a call to /v1: its JSON may be written out again.
      incoming.rawBody = Buffer.from(body.value === undefined ? '' : JSON.stringify(body.value))
    }
    void answer(request, response)
  }
}

function isSigned(request: IncomingMessage): boolean {
  return request.headers['stripe-signature'] !== undefined
}

function bodyLost(): ProvisoError {
  return new ProvisoError(
    'config_invalid',
    'A body parser read this webhook before Proviso did, and its signature covers the raw bytes: mount Proviso before express.json() (or any other parser), or leave the raw bytes in request.rawBody.',
  )
}
