import { invalidRequest } from '../protocol/stripe-error.ts'
import { payInvoice } from '../resources/invoices/pay-invoice.ts'
import { declineError } from '../resources/payment-intents/payment-error.ts'
import { updateCard } from '../resources/portal-sessions/update-card.ts'
import { setupDeclineError } from '../resources/setup-intents/setup-decline-error.ts'
import { cancelSubscription } from '../resources/subscriptions/cancel-subscription.ts'
import { updateSubscription } from '../resources/subscriptions/update-subscription.ts'
import type { Invoice, PortalConfiguration, Subscription } from '../tables.ts'
import type { World } from '../world/world.ts'
import { enteredMethod, type Fields } from './entered-method.ts'

type Features = PortalConfiguration['features']

/** What the page says after an act, by the word that stands for it in the address. */
export const NOTICES = {
  ended: 'Your subscription has ended.',
  ending: 'Your subscription will end with its period.',
  kept: 'Your subscription goes on.',
  changed: 'Your plan is changed.',
  same: 'Nothing changed.',
  saved: 'Your card is saved.',
  paid: 'The invoice is paid.',
  paying: 'The payment is on its way.',
} as const

/** What an act came to, or the intent that must be authenticated first. */
export type PortalOutcome =
  { readonly done: keyof typeof NOTICES } | { readonly authenticate: string }

/**
 * Cancels as the configuration says. At the period's end a flexible subscription gets `cancel_at`,
 * a classic one `cancel_at_period_end` (stripe-facts row 61).
 */
export function cancel(
  world: World,
  subscription: Subscription,
  features: Features,
): PortalOutcome {
  const { mode, proration_behavior: proration } = features.subscription_cancel
  if (mode === 'immediately') {
    cancelSubscription(world, subscription.id, {
      reason: 'cancellation_requested',
      prorate: proration !== 'none',
      invoiceNow: proration === 'always_invoice',
    })
    return { done: 'ended' }
  }
  const isFlexible = subscription.billing_mode.type === 'flexible'
  updateSubscription(
    world,
    subscription.id,
    isFlexible ? { cancel_at: 'max_period_end' } : { cancel_at_period_end: true },
  )
  return { done: 'ending' }
}

/** Takes a cancellation to come back (stripe-facts row 62). */
export function keep(world: World, subscription: Subscription): PortalOutcome {
  updateSubscription(
    world,
    subscription.id,
    subscription.cancel_at_period_end ? { cancel_at_period_end: false } : { cancel_at: null },
  )
  return { done: 'kept' }
}

export function changePlan(
  world: World,
  subscription: Subscription,
  price: string,
  features: Features,
): PortalOutcome {
  const [item] = subscription.items.data
  if (item === undefined || item.price.id === price) return { done: 'same' }
  updateSubscription(world, subscription.id, {
    items: [{ id: item.id, price, quantity: item.quantity }],
    proration_behavior: features.subscription_update.enabled
      ? (features.subscription_update.proration_behavior as 'create_prorations')
      : 'always_invoice',
  })
  return { done: 'changed' }
}

/** Saves a card, which is what all is paid with from now on. */
export function saveCard(
  world: World,
  customer: string,
  fields: Fields,
  returnTo: { readonly baseUrl: string; readonly returnUrl: string },
): PortalOutcome {
  const intent = updateCard(world, customer, enteredMethod(world, fields).id, returnTo)
  if (intent.status === 'requires_action') return { authenticate: intent.id }
  if (intent.status !== 'succeeded') throw setupDeclineError(intent)
  return { done: 'saved' }
}

export function pay(world: World, invoice: Invoice): PortalOutcome {
  const result = payInvoice(world, invoice.id, { offSession: false })
  const intent = result.paymentIntent
  if (intent === null) {
    if (result.invoice.status === 'paid') return { done: 'paid' }
    throw invalidRequest('There is nothing to pay with: save a card first.')
  }
  if (intent.status === 'requires_action') return { authenticate: intent.id }
  if (intent.status === 'requires_payment_method') throw declineError(intent)
  return { done: intent.status === 'processing' ? 'paying' : 'paid' }
}
