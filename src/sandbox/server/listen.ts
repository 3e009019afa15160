import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { ConnectionClosed } from '../faults/faulty.ts'
import type { StripeListen } from './stripe-listen.ts'

export interface ListenOptions {
  readonly fetch: (request: Request) => Promise<Response>
  readonly stripeListen: StripeListen
  /** 0: any free one. */
  readonly port: number
  readonly host: string
}

export interface SandboxServer {
  /** Without a trailing slash. */
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

/** The sandbox on a port of this machine. Loopback unless told otherwise: it has no real keys. */
export async function listenSandbox(options: ListenOptions): Promise<SandboxServer> {
  const server = createServer((request, response) => {
    const answer = getRequestListener(async (incoming) => {
      try {
        return await options.fetch(incoming)
      } catch (error) {
        if (!(error instanceof ConnectionClosed)) throw error
        // A fault that was asked for: the caller sees its connection go.
        request.socket.destroy()
        return new Response(null, { status: 500 })
      }
    })
    void answer(request, response)
  })
  server.on('upgrade', (request, socket, head) =>
    options.stripeListen.upgrade(request, socket, head),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const { port } = server.address() as AddressInfo
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `http://${host}:${String(port)}`,
    port,
    close: () =>
      new Promise((resolve) => {
        options.stripeListen.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
