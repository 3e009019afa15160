import type { IncomingMessage, ServerResponse } from 'node:http'
import { toNodeHandler } from './node.ts'
import type { Fetchable } from './mounted-path.ts'

export type { Fetchable } from './mounted-path.ts'

/** The little of Fastify 4 and 5 that is used, so that it is no dependency. */
export interface FastifyLike {
  prefix: string
  removeAllContentTypeParsers(): unknown
  addContentTypeParser(
    contentType: string,
    parser: (request: never, payload: never, done: (error: Error | null) => void) => void,
  ): unknown
  all(path: string, handler: (request: RequestLike, reply: ReplyLike) => void): unknown
}

interface RequestLike {
  raw: IncomingMessage
}

interface ReplyLike {
  raw: ServerResponse
  hijack(): unknown
}

/**
 * A Fastify plugin. Its parsers are its own (Fastify encapsulates them), so the app's JSON routes stay
 * as they are and the webhook still sees raw bytes.
 *
 * @example
 * await app.register(toFastifyPlugin(proviso), { prefix: '/billing' })
 */
export function toFastifyPlugin(proviso: Fetchable): (app: FastifyLike) => Promise<void> {
  return async (app) => {
    const handle = toNodeHandler(proviso, { basePath: app.prefix })
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, _payload, done) => done(null))
    app.all('/*', (request, reply) => {
      reply.hijack()
      handle(request.raw, reply.raw)
    })
  }
}
