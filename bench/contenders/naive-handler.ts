import pg from 'pg'
import Stripe from 'stripe'
import { buyerPrefix } from '../workload/buyer.ts'
import { WEBHOOK_SECRET } from '../load/http-load.ts'
import type { ContenderDatabase } from './contender.ts'

const UPDATE = `
  update subscriptions
  set status = $2, current_period_end = to_timestamp($3), cancel_at_period_end = $4, updated_at = now()
  where id = $1`

const SUBSCRIBED = `
  insert into subscriptions (id, customer, status, updated_at) values ($1, $2, 'active', now())
  on conflict (id) do update set customer = excluded.customer, updated_at = now()`

const PAID = `update subscriptions set status = 'active', updated_at = now() where customer = $1`

/** What most apps hold: one row per subscription, and the last event written into it wins. */
export async function createSubscriptions({ url, customers }: ContenderDatabase): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`
      create table subscriptions (
        id text primary key, customer text, status text, current_period_end timestamptz,
        cancel_at_period_end boolean, updated_at timestamptz)`)
    await client.query(
      `insert into subscriptions (id, customer, status)
       select 'sub_' || prefix || '1', 'cus_' || prefix || '1', 'active'
       from unnest($1::text[]) as prefix`,
      [Array.from({ length: customers }, (_, number) => buyerPrefix(number))],
    )
    await client.query('create index on subscriptions (customer)')
  } finally {
    await client.end()
  }
}

/** The handler as guides show it: verify with the SDK, switch on the type, one statement, answer. */
export function createNaiveHandler(pool: pg.Pool) {
  const stripe = new Stripe('sk_test_bench')
  return async function handle(body: Buffer, signature: string): Promise<void> {
    const event = stripe.webhooks.constructEvent(body, signature, WEBHOOK_SECRET)
    switch (event.type) {
      case 'customer.subscription.created':
      case 'customer.subscription.updated':
      case 'customer.subscription.deleted': {
        const { id, status, items, cancel_at_period_end } = event.data.object
        const periodEnd = items.data[0]?.current_period_end ?? 0
        await pool.query(UPDATE, [id, status, periodEnd, cancel_at_period_end])
        return
      }
      case 'checkout.session.completed':
        await pool.query(SUBSCRIBED, [event.data.object.subscription, event.data.object.customer])
        return
      case 'invoice.paid':
        await pool.query(PAID, [event.data.object.customer])
        return
      default:
        return
    }
  }
}
