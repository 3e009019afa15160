import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import pg from 'pg'
import { notCalled, type Contender } from './contender.ts'
import { createNaiveHandler, createSubscriptions } from './naive-handler.ts'

/** The naive handler as it is documented: express with a raw body. */
export const naiveExpress: Contender = {
  name: 'naive, express',
  job: 'the same handler behind express.raw, as guides show it',
  face: 'http',
  settles: false,
  keeps: null,
  prepare: createSubscriptions,
  async open({ url }) {
    const pool = new pg.Pool({ connectionString: url, max: 10 })
    const handle = createNaiveHandler(pool)
    const app = express()
    app.post('/webhooks/stripe', express.raw({ type: 'application/json' }), (request, response) => {
      handle(request.body as Buffer, String(request.headers['stripe-signature'])).then(
        () => response.json({ received: true }),
        (error: unknown) => response.status(500).send(String(error)),
      )
    })
    const server = await new Promise<Server>((resolve) => {
      const listening = app.listen(0, '127.0.0.1', () => resolve(listening))
    })
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
