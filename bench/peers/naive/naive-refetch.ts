import type Stripe from 'stripe-current'
import type { Contestant } from '../../../test/gauntlet/live/contestant.ts'
import { namedIn } from '../selling/app-customer.ts'
import { link } from './naive.ts'
import { openNaiveSeat, type Shop } from './naive-seat.ts'
import { idOf, purchaseRow, subscriptionRow } from './payloads.ts'
import { KEEP_PURCHASE, KEEP_SUBSCRIPTION, NAME_CUSTOMER } from './tables.ts'

export const naiveRefetch: Contestant = {
  name: 'naive-refetch',
  setUp:
    'The recipe "sync one customer": every event of a customer\'s billing has their subscriptions read again from the API, and every event of a Session or a refund the Session with its lines. Access: status active or trialing; purchases that were paid.',
  covers: ['subscriptions', 'purchases'],
  open: (setting) => openNaiveSeat(setting, handle),
}

async function handle(shop: Shop, event: Stripe.Event): Promise<void> {
  const { pool, stripe, setting } = shop
  switch (event.type) {
    case 'customer.created':
    case 'customer.updated': {
      const { id, metadata } = event.data.object
      await pool.query(NAME_CUSTOMER, [id, namedIn(metadata, setting.catalog)])
      return
    }
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
    case 'checkout.session.async_payment_failed': {
      const session = event.data.object
      await link(shop, session)
      await syncPurchase(shop, session.id, event.created)
      if (session.mode === 'subscription') await syncCustomer(shop, idOf(session.customer))
      return
    }
    case 'charge.refunded': {
      const payment = idOf(event.data.object.payment_intent)
      if (payment === null) return
      const { data } = await stripe.checkout.sessions.list({ payment_intent: payment })
      for (const { id, created } of data) await syncPurchase(shop, id, created)
      return
    }
    case 'customer.subscription.created':
    case 'customer.subscription.updated':
    case 'customer.subscription.deleted':
    case 'customer.subscription.paused':
    case 'customer.subscription.resumed':
    case 'customer.subscription.pending_update_applied':
    case 'customer.subscription.pending_update_expired':
    case 'customer.subscription.trial_will_end':
    case 'invoice.paid':
    case 'invoice.payment_failed':
    case 'invoice.payment_action_required':
    case 'invoice.upcoming':
    case 'invoice.marked_uncollectible':
    case 'invoice.payment_succeeded':
    case 'payment_intent.succeeded':
    case 'payment_intent.payment_failed':
    case 'payment_intent.canceled':
      await syncCustomer(shop, idOf(event.data.object.customer))
      return
    default:
      return
  }
}

/** All subscriptions of a customer, as Stripe has them at this moment. */
async function syncCustomer(
  { pool, stripe, setting }: Shop,
  customer: string | null,
): Promise<void> {
  if (customer === null) return
  const all = stripe.subscriptions.list({ customer, status: 'all', limit: 100 })
  for await (const subscription of all) {
    await pool.query(KEEP_SUBSCRIPTION, [...subscriptionRow(subscription, setting.catalog)])
  }
}

/** A Session's purchase, as Stripe has it and its payment at this moment. */
async function syncPurchase(
  { pool, stripe, setting }: Shop,
  id: string,
  paidAt: number,
): Promise<void> {
  const session = await stripe.checkout.sessions.retrieve(id, {
    expand: ['line_items', 'payment_intent.latest_charge'],
  })
  if (session.payment_status === 'unpaid') return
  const status = isRefunded(session) ? 'refunded' : 'paid'
  const row = purchaseRow(session, setting.catalog, { status, paidAt })
  await pool.query(KEEP_PURCHASE, [...row])
}

function isRefunded({ payment_intent: payment }: Stripe.Checkout.Session): boolean {
  const charge = typeof payment === 'object' ? payment?.latest_charge : null
  return typeof charge === 'object' && charge?.refunded === true
}
