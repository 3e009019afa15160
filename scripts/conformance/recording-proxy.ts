import { createServer, request as sendRequest } from 'node:http'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'

/** A request and its answer, as they went over the wire. */
export interface Exchange {
  method: string
  /** Without the query. */
  path: string
  /** Names of the top level of the query or the form: `items`, not `items[0][price]`. */
  parameters: string[]
  /** The whole form or JSON as sent. */
  sent: string
  /** The version of the API that was asked for, if one was. */
  version?: string
  status: number
  requestId?: string
  /** Parsed JSON, or the text when it is none. */
  body: unknown
}

/** Stands between a client and the sandbox and keeps what passes. */
export interface RecordingProxy {
  url: string
  /** The same, on a unix socket. */
  socket: string
  /** What has passed since the last call. */
  take(): Exchange[]
  close(): Promise<void>
}

/**
 * @param inspect called after each exchange, before the client has its answer: nothing else of this
 *   client can come in between.
 */
export async function openRecordingProxy(
  target: string,
  inspect: (exchange: Exchange) => Promise<void> = async () => undefined,
): Promise<RecordingProxy> {
  let exchanges: Exchange[] = []
  const forward: RequestListener = (incoming, outgoing) => {
    exchange(incoming, target)
      .then(async ({ exchange, headers, raw }) => {
        exchanges.push(exchange)
        await inspect(exchange)
        outgoing.writeHead(exchange.status, headers).end(raw)
      })
      // A client that sees the connection close reports it; nothing is made up here.
      .catch(() => incoming.socket.destroy())
  }
  const folder = await mkdtemp(join(tmpdir(), 'proviso-conformance-'))
  const socket = join(folder, 'api.sock')
  const overTcp = createServer(forward)
  const overSocket = createServer(forward)
  await listen(overTcp, { host: '127.0.0.1', port: 0 })
  await listen(overSocket, { path: socket })
  return {
    url: `http://127.0.0.1:${(overTcp.address() as AddressInfo).port}`,
    socket,
    take() {
      const taken = exchanges
      exchanges = []
      return taken
    },
    async close() {
      for (const server of [overTcp, overSocket]) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function exchange(incoming: IncomingMessage, target: string) {
  const sent = await buffer(incoming)
  const url = new URL(incoming.url ?? '/', target)
  const answer = await send(url, incoming, sent)
  const raw = await buffer(answer)
  const { 'request-id': requestId } = answer.headers
  const version = incoming.headers['stripe-version']
  const text = raw.toString('utf8')
  const exchange: Exchange = {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    parameters: namesIn(sent.toString('utf8'), incoming.headers['content-type'], url),
    sent: sent.toString('utf8'),
    status: answer.statusCode ?? 0,
    body: parsed(text),
    ...(typeof version === 'string' ? { version } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
  }
  return { exchange, headers: answer.headers, raw }
}

function send(url: URL, incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { ...incoming.headers, host: url.host }
    // How long the client's connection lives is between it and the proxy.
    delete headers.connection
    sendRequest(url, { method: incoming.method, headers }, resolve).on('error', reject).end(body)
  })
}

function namesIn(sent: string, contentType: string | undefined, url: URL): string[] {
  const isJson = contentType?.includes('json') === true
  const inBody = isJson ? Object.keys(Object(parsed(sent))) : [...new URLSearchParams(sent).keys()]
  const names = [...url.searchParams.keys(), ...inBody].map((name) => name.split('[')[0] ?? name)
  return [...new Set(names)]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function listen(server: Server, where: { host: string; port: number } | { path: string }) {
  return new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(where, resolve)
  })
}
