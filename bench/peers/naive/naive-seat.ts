import pg from 'pg'
import type Stripe from 'stripe-current'
import type { Seat, Setting } from '../../../test/gauntlet/live/contestant.ts'
import { answersFor, type Holding } from '../selling/holding.ts'
import { passEnd } from '../selling/pass-end.ts'
import type { Bought } from '../selling/product-of.ts'
import { StripeApi } from '../selling/stripe-api.ts'
import { SERVED_PURCHASES, SERVED_SUBSCRIPTIONS, TABLES } from './tables.ts'

/** What a handler has at hand. */
export interface Shop {
  readonly pool: pg.Pool
  readonly stripe: Stripe
  readonly setting: Setting
}

export type Handle = (shop: Shop, event: Stripe.Event) => Promise<void>

interface Served {
  readonly customer: string
  readonly items: readonly Bought[]
}

/** A webhook route as guides show it: verify with the SDK, handle, 200; 500 where that fails. */
export async function openNaiveSeat(setting: Setting, handle: Handle): Promise<Seat> {
  const api = new StripeApi(setting.sandbox)
  const stripe = api.client()
  const pool = new pg.Pool({ connectionString: setting.databaseUrl, max: 2 })
  await pool.query(TABLES)
  const shop = { pool, stripe, setting }

  return {
    async take(request) {
      const body = await request.text()
      const signature = request.headers.get('stripe-signature') ?? ''
      let event: Stripe.Event
      try {
        event = await stripe.webhooks.constructEventAsync(body, signature, setting.secret)
      } catch {
        return new Response('The signature does not match.', { status: 400 })
      }
      try {
        await handle(shop, event)
      } catch (error) {
        return new Response(String(error), { status: 500 })
      }
      return Response.json({ received: true })
    },
    answers: async () => answersFor(setting, await holdings(shop)),
    get reads() {
      return api.reads
    },
    close: () => pool.end(),
  }
}

async function holdings({ pool, setting }: Shop): Promise<Holding[]> {
  const subscriptions = await pool.query<Served>(SERVED_SUBSCRIPTIONS)
  const purchases = await pool.query<Served & { paidAt: number }>(SERVED_PURCHASES)
  return [
    ...subscriptions.rows.flatMap(({ customer, items }) =>
      items.map((item) => ({ ...item, customer, until: null })),
    ),
    ...purchases.rows.flatMap(({ customer, items, paidAt }) =>
      items
        .map((item) => ({ ...item, customer, until: passEnd(setting, item, paidAt) }))
        .filter(({ until }) => until === null || until > setting.now()),
    ),
  ]
}
