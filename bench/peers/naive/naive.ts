import type Stripe from 'stripe-current'
import type { Contestant } from '../../../test/gauntlet/live/contestant.ts'
import { namedBy, namedIn } from '../selling/app-customer.ts'
import { openNaiveSeat, type Shop } from './naive-seat.ts'
import { idOf, periodEndOf, purchaseRow, subscriptionOf, subscriptionRow } from './payloads.ts'
import {
  BILL_SUBSCRIPTION,
  FULFILL_PURCHASE,
  KEEP_SUBSCRIPTION,
  LINK_CUSTOMER,
  LINK_SUBSCRIPTION,
  NAME_CUSTOMER,
  REFUND_PURCHASE,
} from './tables.ts'

export const naive: Contestant = {
  name: 'naive',
  setUp:
    "The handler of Stripe's guides and of most tutorials: each event's payload updates the row. A Checkout is fulfilled after one read of its Session, for the lines it bought. Access: status active or trialing; purchases that were paid.",
  covers: ['subscriptions', 'purchases'],
  open: (setting) => openNaiveSeat(setting, handle),
}

async function handle(shop: Shop, event: Stripe.Event): Promise<void> {
  const { pool } = shop
  const { catalog } = shop.setting
  switch (event.type) {
    case 'customer.created':
    case 'customer.updated': {
      const { id, metadata } = event.data.object
      await pool.query(NAME_CUSTOMER, [id, namedIn(metadata, catalog)])
      return
    }
    case 'customer.subscription.created':
    case 'customer.subscription.updated':
    case 'customer.subscription.paused':
    case 'customer.subscription.resumed':
    case 'customer.subscription.deleted':
      await pool.query(KEEP_SUBSCRIPTION, [...subscriptionRow(event.data.object, catalog)])
      return
    case 'invoice.paid':
      await bill(shop, event.data.object, 'active', periodEndOf(event.data.object))
      return
    case 'invoice.payment_failed':
      await bill(shop, event.data.object, 'past_due', null)
      return
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
      await link(shop, event.data.object)
      await fulfill(shop, event.data.object.id, event.created)
      return
    case 'charge.refunded': {
      const { refunded, payment_intent } = event.data.object
      if (refunded) await pool.query(REFUND_PURCHASE, [idOf(payment_intent)])
      return
    }
    default:
      return
  }
}

async function bill(
  { pool }: Shop,
  invoice: Stripe.Invoice,
  status: string,
  periodEnd: number | null,
): Promise<void> {
  const subscription = subscriptionOf(invoice)
  if (subscription !== null) await pool.query(BILL_SUBSCRIPTION, [subscription, status, periodEnd])
}

/** Who bought: kept with the subscription, and with the customer for all else that is theirs. */
export async function link(
  { pool, setting }: Pick<Shop, 'pool' | 'setting'>,
  session: Stripe.Checkout.Session,
): Promise<void> {
  const buyer = namedBy(session, setting.catalog)
  if (buyer === null) return
  const customer = idOf(session.customer)
  const subscription = idOf(session.subscription)
  if (customer !== null) await pool.query(LINK_CUSTOMER, [customer, buyer])
  if (subscription !== null) await pool.query(LINK_SUBSCRIPTION, [subscription, customer, buyer])
}

/** Stripe's guide to fulfilment: the Session is asked for with its lines, and counts unless unpaid. */
async function fulfill({ pool, stripe, setting }: Shop, id: string, at: number): Promise<void> {
  const session = await stripe.checkout.sessions.retrieve(id, { expand: ['line_items'] })
  if (session.payment_status === 'unpaid') return
  const row = purchaseRow(session, setting.catalog, { status: 'paid', paidAt: at })
  await pool.query(FULFILL_PURCHASE, [...row])
}
