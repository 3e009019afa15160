import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { ProvisoError } from '../errors.ts'
import type { Fetchable } from './adapters/mounted-path.ts'

export interface ServerOptions {
  app: Fetchable
  host: string
  /** 0: any free one. */
  port: number
}

export interface Server {
  /** Address to reach it at, with the real port, no slash at the end. */
  url: string
  port: number
  /** Stops accepting, lets requests under way finish for up to `graceMs`, then cuts them. */
  close(graceMs?: number): Promise<void>
}

const GRACE_MS = 10_000
const SWEEP_MS = 20

export async function listen({ app, host, port }: ServerOptions): Promise<Server> {
  const answer = getRequestListener((request) => app.fetch(request))
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFailed(error, host, port)))
    server.listen(port, host, resolve)
  })
  const bound = (server.address() as AddressInfo).port
  const name = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${name}:${bound}`,
    port: bound,
    async close(graceMs = GRACE_MS) {
      const cut = setTimeout(() => server.closeAllConnections(), graceMs)
      // A connection that was busy when closing began would be kept alive by its caller afterwards.
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
      await new Promise<void>((resolve) => server.close(() => resolve()))
      clearTimeout(cut)
      clearInterval(sweep)
    },
  }
}

function listenFailed(error: NodeJS.ErrnoException, host: string, port: number): ProvisoError {
  if (error.code === 'EADDRINUSE') {
    return new ProvisoError(
      'config_invalid',
      `Port ${port} on ${host} is taken; choose another with --port (0: any free one).`,
      { details: { port, host }, cause: error },
    )
  }
  return new ProvisoError(
    'config_invalid',
    `Cannot listen on ${host}:${port} (${error.code ?? error.message}); check --host and --port.`,
    { details: { port, host }, cause: error },
  )
}
