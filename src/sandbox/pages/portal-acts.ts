import { invalidRequest } from '../protocol/stripe-error.ts'
import { changeCustomer } from '../resources/customers/change-customer.ts'
import { payInvoice } from '../resources/invoices/pay-invoice.ts'
import { declineError } from '../resources/payment-intents/payment-error.ts'
import { collectSetup } from '../resources/setup-intents/collect-setup.ts'
import { setupDeclineError } from '../resources/setup-intents/setup-decline-error.ts'
import { cancelSubscription } from '../resources/subscriptions/cancel-subscription.ts'
import { updateSubscription } from '../resources/subscriptions/update-subscription.ts'
import type { Invoice, PortalConfiguration, Subscription } from '../tables.ts'
import type { World } from '../world/world.ts'
import { enteredMethod, type Fields } from './entered-method.ts'

type Features = PortalConfiguration['features']

/** What an act came to: a sentence for the page, or the intent that must be authenticated first. */
export type PortalOutcome = { readonly text: string } | { readonly authenticate: string }

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
    return { text: 'Your subscription has ended.' }
  }
  const isFlexible = subscription.billing_mode.type === 'flexible'
  updateSubscription(
    world,
    subscription.id,
    isFlexible ? { cancel_at: 'max_period_end' } : { cancel_at_period_end: true },
  )
  return { text: 'Your subscription will end with its period.' }
}

/** Takes a cancellation to come back (stripe-facts row 62). */
export function keep(world: World, subscription: Subscription): PortalOutcome {
  updateSubscription(
    world,
    subscription.id,
    subscription.cancel_at_period_end ? { cancel_at_period_end: false } : { cancel_at: null },
  )
  return { text: 'Your subscription goes on.' }
}

export function changePlan(
  world: World,
  subscription: Subscription,
  price: string,
  features: Features,
): PortalOutcome {
  const [item] = subscription.items.data
  if (item === undefined || item.price.id === price) return { text: 'Nothing changed.' }
  updateSubscription(world, subscription.id, {
    items: [{ id: item.id, price, quantity: item.quantity }],
    proration_behavior: features.subscription_update.enabled
      ? (features.subscription_update.proration_behavior as 'create_prorations')
      : 'always_invoice',
  })
  return { text: 'Your plan is changed.' }
}

/** Saves a card and makes it what all is paid with from now on. */
export function updateCard(world: World, customer: string, fields: Fields): PortalOutcome {
  const method = enteredMethod(world, fields)
  const intent = collectSetup(world, { customer, paymentMethod: method.id, usage: 'off_session' })
  if (intent.status === 'requires_action') return { authenticate: intent.id }
  if (intent.status !== 'succeeded') throw setupDeclineError(intent)
  useMethod(world, customer, method.id)
  return { text: 'Your card is saved.' }
}

/** The customer's default from now on, also of subscriptions that had one of their own. */
export function useMethod(world: World, customer: string, method: string): void {
  const { invoice_settings: settings } = world.must('customer', customer)
  changeCustomer(world, customer, {
    invoice_settings: { ...settings, default_payment_method: method },
  })
  for (const subscription of world.where('subscription', 'customer', customer)) {
    const isOver = ['canceled', 'incomplete_expired'].includes(subscription.status)
    if (isOver || subscription.default_payment_method === null) continue
    updateSubscription(world, subscription.id, { default_payment_method: method })
  }
}

export function pay(world: World, invoice: Invoice): PortalOutcome {
  const result = payInvoice(world, invoice.id, { offSession: false })
  const intent = result.paymentIntent
  if (intent === null) {
    if (result.invoice.status === 'paid') return { text: 'The invoice is paid.' }
    throw invalidRequest('There is nothing to pay with: save a card first.')
  }
  if (intent.status === 'requires_action') return { authenticate: intent.id }
  if (intent.status === 'requires_payment_method') throw declineError(intent)
  return {
    text: intent.status === 'processing' ? 'The payment is on its way.' : 'The invoice is paid.',
  }
}
