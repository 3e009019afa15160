import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { notCalled, type Contender } from './contender.ts'
import { createNaiveHandler, createSubscriptions } from './naive-handler.ts'

/** The naive handler at its best: straight on node:http. */
export const naive: Contender = {
  name: 'naive',
  job: 'constructEvent and one UPDATE per event on node:http: keeps no event, finds no duplicate, trusts the order, decides nothing',
  face: 'http',
  settles: false,
  keeps: null,
  prepare: createSubscriptions,
  async open({ url }) {
    const pool = new pg.Pool({ connectionString: url, max: 10 })
    const handle = createNaiveHandler(pool)
    const server = createServer((request, response) => {
      readBody(request)
        .then((body) => handle(body, String(request.headers['stripe-signature'])))
        .then(
          () => response.end('{"received":true}'),
          (error: unknown) => response.writeHead(500).end(String(error)),
        )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return {
      port: (server.address() as AddressInfo).port,
      path: '/webhooks/stripe',
      submit: notCalled,
      async close() {
        await new Promise((resolve) => server.close(resolve))
        await pool.end()
      },
    }
  },
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
