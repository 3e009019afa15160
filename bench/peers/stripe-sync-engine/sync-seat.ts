import pg from 'pg'
import type { Seat, Setting } from '../../../test/gauntlet/live/contestant.ts'
import { customerKey } from '../selling/app-customer.ts'
import { answersFor, type Holding } from '../selling/holding.ts'
import { passEnd } from '../selling/pass-end.ts'
import type { Bought } from '../selling/product-of.ts'
import { startEngine, type EngineOptions } from './engine.ts'
import { SERVED_PURCHASES, SERVED_SUBSCRIPTIONS } from './queries.ts'

type Served = Bought & { readonly customer: string }

/** The engine behind a webhook route of four lines, and its tables asked as any others. */
export async function openSyncSeat(setting: Setting, options: EngineOptions): Promise<Seat> {
  const { engine, api } = await startEngine(setting, options)
  const pool = new pg.Pool({ connectionString: setting.databaseUrl, max: 1 })

  return {
    async take(request) {
      const body = await request.text()
      const signature = request.headers.get('stripe-signature') ?? undefined
      try {
        await engine.webhook.processWebhook(body, signature)
      } catch (error) {
        return new Response(String(error), { status: 500 })
      }
      return Response.json({ received: true })
    },
    answers: async () => answersFor(setting, await holdings(pool, setting)),
    get reads() {
      return api.reads
    },
    async close() {
      await pool.end()
      await engine.close()
    },
  }
}

async function holdings(pool: pg.Pool, setting: Setting): Promise<Holding[]> {
  const { policy } = setting.catalog
  const naming = [customerKey(setting.catalog), policy?.trustClientReferenceId ?? 'always']
  const subscriptions = await pool.query<Served>(SERVED_SUBSCRIPTIONS, naming)
  const purchases = await pool.query<Served & { paidAt: number }>(SERVED_PURCHASES, naming)
  return [
    ...subscriptions.rows.map((row) => ({ ...row, until: null })),
    ...purchases.rows
      .map((row) => ({ ...row, until: passEnd(setting, row, row.paidAt) }))
      .filter(({ until }) => until === null || until > setting.now()),
  ]
}
