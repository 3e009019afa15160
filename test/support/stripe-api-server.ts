import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ApiRequest {
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
}

export interface ApiAnswer {
  status?: number
  headers?: Record<string, string>
  /** 'hang up': the connection is closed without an answer. */
  json: unknown
}

export interface ApiServer {
  port: number
  /** Every request so far, oldest first. */
  requests: ApiRequest[]
  [Symbol.asyncDispose](): Promise<void>
}

/** A small real HTTP server in the place of api.stripe.com; a route it does not know is a 404. */
export async function startApiServer(
  answer: (request: ApiRequest) => ApiAnswer | undefined,
): Promise<ApiServer> {
  const requests: ApiRequest[] = []
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1')
    const request = { path: url.pathname, query: url.searchParams, headers: incoming.headers }
    requests.push(request)
    const { status = 200, headers = {}, json } = answer(request) ?? notFound(url.pathname)
    if (json === 'hang up') {
      incoming.socket.destroy()
      return
    }
    outgoing.writeHead(status, { 'content-type': 'application/json', ...headers })
    outgoing.end(JSON.stringify(json))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function notFound(path: string): ApiAnswer {
  return { status: 404, json: apiError('resource_missing', `No such object: ${path}`) }
}

export function apiError(code: string, message: string): unknown {
  return { error: { type: 'invalid_request_error', code, message } }
}

/** One page of a list as Stripe cuts it: newest (first) entries first, after `starting_after`. */
export function pageOf(
  entries: readonly { id: string }[],
  query: URLSearchParams,
  maxPerPage = 100,
): ApiAnswer {
  const after = query.get('starting_after')
  const start = after === null ? 0 : entries.findIndex((entry) => entry.id === after) + 1
  const size = Math.min(Number(query.get('limit') ?? '10'), maxPerPage)
  const data = entries.slice(start, start + size)
  return { json: { object: 'list', data, has_more: start + size < entries.length } }
}
