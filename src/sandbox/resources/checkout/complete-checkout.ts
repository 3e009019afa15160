import type { CheckoutSession } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { buyerOf, detailsOf, updateBuyer } from './buyer.ts'
import { customerDetails } from './customer-details.ts'
import { discountFor } from '../coupons/discount-for.ts'
import { liveDiscountsOf } from './session-discounts.ts'
import { makeSubscription } from './make-subscription.ts'
import { makeInvoice } from './make-invoice.ts'

/** What completing a session adds to it. */
type Completion = Pick<CheckoutSession, 'payment_status'> &
  Partial<Pick<CheckoutSession, 'payment_intent' | 'setup_intent' | 'subscription' | 'invoice'>>

/** A session that asks for nothing: 100 % off, or a trial without a card (stripe-facts rows 10, 33). */
export function completeWithoutPayment(world: World, id: string): CheckoutSession {
  const session = world.must('checkout.session', id)
  if (session.mode === 'subscription') {
    buyerOf(world, id)
    return completeSubscription(world, id, makeSubscription(world, id, {}))
  }
  // No customer is made where none is needed: an older page of the docs has one made (row 33).
  const completed = complete(world, id, { payment_status: 'no_payment_required' })
  return completed.invoice_creation?.enabled === true && completed.customer !== null
    ? makeInvoice(world, id, null)
    : completed
}

/** After the payment of `payment` mode, whatever became of it short of a decline. */
export function completePayment(world: World, id: string, paymentIntent: string): CheckoutSession {
  const intent = world.must('payment_intent', paymentIntent)
  const isPaid = intent.status === 'succeeded'
  const completed = complete(world, id, {
    payment_intent: intent.id,
    // stripe-facts rows 28 and 31: bank debits and manual capture complete without being paid.
    payment_status: isPaid ? 'paid' : 'unpaid',
  })
  // stripe-facts row 30: the invoice comes after the session's own event.
  return isPaid && completed.invoice_creation?.enabled === true
    ? makeInvoice(world, id, intent.id)
    : completed
}

/** After the card for later was set up: in setup mode, and where a subscription costs nothing now. */
export function completeSetup(world: World, id: string, setupIntent: string): CheckoutSession {
  const session = world.must('checkout.session', id)
  if (session.mode === 'subscription') {
    const { paymentMethod } = world.must('~checkout', id)
    return completeSubscription(world, id, makeSubscription(world, id, { paymentMethod }))
  }
  return complete(world, id, {
    payment_status: 'no_payment_required',
    setup_intent: setupIntent,
  })
}

export function completeSubscription(
  world: World,
  id: string,
  subscription: string,
): CheckoutSession {
  const { latest_invoice: latest } = world.must('subscription', subscription)
  const session = world.must('checkout.session', id)
  const invoice = world.get('invoice', latest)
  return complete(world, id, {
    subscription,
    invoice: invoice?.id ?? null,
    payment_status:
      // As the enum's text has it; some integrations report `paid` (stripe-facts rows 34, 36).
      session.amount_total === 0
        ? 'no_payment_required'
        : invoice?.status === 'paid'
          ? 'paid'
          : 'unpaid',
  })
}

function complete(world: World, id: string, completion: Completion): CheckoutSession {
  const { customer, paymentMethod, input } = world.must('~checkout', id)
  const before = world.must('checkout.session', id)
  const method = world.get('payment_method', paymentMethod)
  const details = detailsOf(world, id, method)
  const buyer = before.customer ?? customer
  world.unschedule(before.customer, 'checkout.expire', id)
  const session = world.patch('checkout.session', id, {
    ...completion,
    customer: buyer,
    customer_details: customerDetails(
      world,
      { customer: buyer ?? undefined, customer_email: input.customer_email },
      details,
    ),
    collected_information: { business_name: null, individual_name: null, shipping_details: null },
    automatic_tax: before.automatic_tax.enabled
      ? { ...before.automatic_tax, status: 'complete' }
      : before.automatic_tax,
    status: 'complete',
    url: null,
  })
  if (session.mode === 'payment') giveDiscounts(world, session)
  countSale(world, session)
  updateBuyer(world, id)
  world.emit('checkout.session.completed', session)
  return session
}

/** A payment uses a coupon up once; a subscription gives its own. */
function giveDiscounts(world: World, session: CheckoutSession): void {
  const discounts = liveDiscountsOf(world, session).map(
    (given) =>
      discountFor(world, {
        ...given,
        customer: session.customer,
        checkout_session: session.id,
      }).id,
  )
  world.patch('~checkout', session.id, { discounts })
}

function countSale(world: World, session: CheckoutSession): void {
  const link = world.get('payment_link', session.payment_link)
  const sold = link?.restrictions?.completed_sessions
  if (link === undefined || sold === undefined) return
  const { count, limit } = sold
  world.patch('payment_link', link.id, {
    restrictions: { completed_sessions: { count: count + 1, limit } },
  })
}
