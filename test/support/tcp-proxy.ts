import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'

export interface TcpProxy {
  port: number
  /** Refuses new connections and cuts the open ones, as a server that went away does. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

/** A way to a server that can be cut: what stands behind it never notices more than lost clients. */
export async function createTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let server: Server | null = null
  let port = 0

  function accept(client: Socket): void {
    const upstream = connect(target.port, target.host)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      // A cut connection is what is wanted here, not an error.
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream)
    upstream.pipe(client)
  }

  async function comeBack(): Promise<void> {
    const next = createServer(accept)
    await new Promise<void>((resolve, reject) => {
      next.once('error', reject)
      next.listen(port, '127.0.0.1', resolve)
    })
    port = (next.address() as AddressInfo).port
    server = next
  }

  async function goAway(): Promise<void> {
    const current = server
    if (current === null) return
    server = null
    const closed = new Promise((resolve) => current.close(resolve))
    for (const socket of sockets) socket.destroy()
    await closed
  }

  await comeBack()
  return { port, goAway, comeBack, close: goAway }
}
