import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { notCalled, type Contender } from '../contenders/contender.ts'
import { createSubscriptions } from '../contenders/naive-handler.ts'

/** What an app with a subscriptions table of its own asks it. */
export const bareLookup: Contender = {
  name: 'bare lookup',
  job: 'one select by primary key through a pool of ten on node:http, answering a status',
  face: 'http',
  settles: false,
  keeps: null,
  prepare: createSubscriptions,
  async open({ url }) {
    const pool = new pg.Pool({ connectionString: url, max: 10 })
    const server = createServer((request, response) => {
      const id = (request.url ?? '').split('/').at(-1) ?? ''
      pool.query<{ status: string }>('select status from subscriptions where id = $1', [id]).then(
        ({ rows }) => {
          const allowed = rows[0]?.status === 'active'
          response.setHeader('content-type', 'application/json')
          response.end(JSON.stringify({ allowed, status: rows[0]?.status ?? null }))
        },
        (error: unknown) => response.writeHead(500).end(String(error)),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return {
      port: (server.address() as AddressInfo).port,
      path: '/subscriptions/',
      submit: notCalled,
      async close() {
        await new Promise((resolve) => server.close(resolve))
        await pool.end()
      },
    }
  },
}
