import { signPayload } from '../../src/stripe/signature.ts'
import type { BenchEvent, WorkloadSpec } from '../workload/bench-event.ts'
import { Connection } from './connection.ts'
import { drive, type Driven } from './drive.ts'
import { supplyEvents } from './event-supply.ts'

export const WEBHOOK_SECRET = 'whsec_bench'

export interface HttpLoad {
  port: number
  path: string
  spec: WorkloadSpec
  senders: number
  seconds: number
  /** Events to make before the clock runs. */
  expected: number
}

/** Signed requests and open connections, one per sender; the answer sends them. */
export async function prepareHttp(load: HttpLoad): Promise<() => Promise<Driven>> {
  const connections = await openConnections(load.port, load.senders)
  const supply = supplyEvents(load.spec, load.expected, (event) => postRequest(load.path, event))
  return async () => {
    const driven = await drive({
      senders: load.senders,
      seconds: load.seconds,
      next: () => supply.next(),
      send: async (request, sender) => {
        const status = await connections[sender]?.request(request)
        if (status !== 200) throw new Error(`POST ${load.path} was answered ${String(status)}.`)
      },
    })
    for (const connection of connections) connection.close()
    return driven
  }
}

export function openConnections(port: number, count: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: count }, () => Connection.open(port)))
}

function postRequest(path: string, { body }: BenchEvent): Buffer {
  const signature = signPayload(body, WEBHOOK_SECRET, Math.floor(Date.now() / 1000))
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json; charset=utf-8',
    `content-length: ${body.length}`,
    `stripe-signature: ${signature}`,
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
}
