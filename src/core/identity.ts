import { compareText } from './canonical.ts'
import type { Catalog } from './compile-catalog.ts'
import type { Alert } from './decision.ts'
import type { Facts } from './facts.ts'
import type { Joins } from './joins.ts'
import { alert } from './source.ts'
import type { CheckoutView } from './views/checkout-view.ts'
import type { InvoiceView } from './views/invoice-view.ts'
import type { PaymentIntentView } from './views/payment-views.ts'
import type { SubscriptionView } from './views/subscription-view.ts'

/** Finds the app customer of a source, and names conflicts. Never merges two app customers. */
export interface Identity {
  ofSubscription(subscription: SubscriptionView): string
  ofSession(session: CheckoutView): string
  ofInvoice(invoice: InvoiceView): string
  ofPaymentIntent(paymentIntent: PaymentIntentView): string
  ofStripeCustomer(customer: string): string
  alerts: Alert[]
}

/** An id is used as it is written: printable, without surrounding space, at most 255 characters. */
function usable(id: string | null | undefined): string | null {
  if (id === null || id === undefined || id.length === 0 || id.length > 255) return null
  return /[\p{Cc}\p{Cs}]/u.test(id) || id.trim() !== id ? null : id
}

/**
 * Identity is per source: subscription or session metadata, then the session's client_reference_id,
 * then customer metadata, then the one app customer this Stripe customer is known to be, and at last
 * the Stripe id itself (design, "Routing").
 */
export function identify(facts: Facts, joins: Joins, catalog: Catalog): Identity {
  const { customerIdMetadataKey: key, trustClientReferenceId: trust } = catalog.policy
  const alerts: Alert[] = []
  // The key is the seller's choice: `constructor` is one that every object answers to.
  const named = (metadata: Record<string, string> = {}) =>
    usable(Object.hasOwn(metadata, key) ? metadata[key] : null)

  const ofSessionItself = ({ state }: CheckoutView): string | null => {
    const fromMetadata = named(state.metadata)
    if (fromMetadata !== null) return fromMetadata
    if (trust === 'never' || (trust === 'exceptPaymentLinks' && state.paymentLink !== null)) {
      return null
    }
    return usable(state.clientReferenceId)
  }
  const sessionsOf = (subscription: string): CheckoutView[] =>
    [...(joins.sessionsOfSubscription.get(subscription) ?? [])]
      .sort(compareText)
      .flatMap((id) => facts.sessions.get(id) ?? [])

  const ofSubscriptionItself = (subscription: SubscriptionView): string | null => {
    const own = named(subscription.state.metadata)
    const fromSessions = sessionsOf(subscription.id).flatMap((s) => ofSessionItself(s) ?? [])
    const other = fromSessions.find((name) => name !== (own ?? fromSessions[0]))
    if (other !== undefined) {
      alerts.push(
        alert(
          'identity_conflict',
          `Subscription ${subscription.id} is named for ${own ?? fromSessions[0]}, its Checkout for ${other}; they stay apart and the first one holds.`,
          [subscription.id],
        ),
      )
    }
    return own ?? fromSessions[0] ?? null
  }

  const known = knownOwners(facts, ofSubscriptionItself, ofSessionItself)
  // Conflicts are named once, by the pass above.
  const conflicts = alerts.splice(0)

  const ofStripeCustomer = (customer: string): string => {
    const fromCustomer = named(facts.customers.get(customer)?.state.metadata)
    if (fromCustomer !== null) return fromCustomer
    const owners = known.get(customer)
    const [only] = owners ?? []
    return owners?.size === 1 && only !== undefined ? only : customer
  }
  const fallback = (customer: string | null, id: string) =>
    customer === null ? id : ofStripeCustomer(customer)

  return {
    alerts: conflicts,
    ofStripeCustomer,
    ofSubscription: (subscription) =>
      ofSubscriptionItself(subscription) ?? fallback(subscription.state.customer, subscription.id),
    ofSession: (session) =>
      ofSessionItself(session) ?? fallback(session.state.customer, session.id),
    ofInvoice: ({ id, state }) =>
      named(state.subscriptionMetadata) ?? named(state.metadata) ?? fallback(state.customer, id),
    ofPaymentIntent: ({ id, state }) => named(state.metadata) ?? fallback(state.customer, id),
  }
}

function knownOwners(
  facts: Facts,
  ofSubscription: (subscription: SubscriptionView) => string | null,
  ofSession: (session: CheckoutView) => string | null,
): Map<string, Set<string>> {
  const known = new Map<string, Set<string>>()
  const note = (customer: string | null, owner: string | null) => {
    if (customer === null || owner === null) return
    const owners = known.get(customer)
    if (owners === undefined) known.set(customer, new Set([owner]))
    else owners.add(owner)
  }
  for (const view of facts.subscriptions.values()) note(view.state.customer, ofSubscription(view))
  for (const view of facts.sessions.values()) {
    // A session whose subscription is held was heard with it: the subscription's word comes first.
    const isHeld = facts.subscriptions.has(view.state.subscription ?? '')
    if (!isHeld) note(view.state.customer, ofSession(view))
  }
  return known
}
