import type Stripe from 'stripe'
import type { Need } from '../../../src/core/decision.ts'
import type { StripeRead } from '../../support/stripe/index.ts'

/** What Stripe would answer to a need when the story is over, as the engine keeps it. */
export async function readAnswer(api: Stripe, need: Need, at: number): Promise<StripeRead> {
  const { type, object: id } = need
  const head = { object: 'proviso.read', type, id, requested_at: at } as const
  try {
    const result = JSON.parse(JSON.stringify(await answer(api, need))) as StripeRead['result']
    return { ...head, result }
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return { ...head, result: null }
    throw error
  }
}

async function answer(api: Stripe, { type, object: id }: Need): Promise<unknown> {
  switch (type) {
    case 'checkout_session':
      return api.checkout.sessions.retrieve(id, { expand: ['line_items'] })
    case 'subscription':
      return api.subscriptions.retrieve(id)
    case 'invoice':
      return api.invoices.retrieve(id, { expand: ['payments'] })
    case 'payment_intent':
      return api.paymentIntents.retrieve(id)
    case 'charge':
      return api.charges.retrieve(id, { expand: ['refunds'] })
    case 'customer':
      return api.customers.retrieve(id)
    case 'refund':
      return api.refunds.retrieve(id)
    case 'dispute':
      return api.disputes.retrieve(id)
    case 'entitlement_summary': {
      const { data } = await api.entitlements.activeEntitlements.list({ customer: id, limit: 100 })
      return { object: 'proviso.entitlements', customer: id, data, has_more: false }
    }
  }
}
