import type Stripe from 'stripe-current'
import type { Begun, OwnFlow } from './own-flow.ts'

/**
 * An event as it would have come had the plugin begun the Checkout: with the metadata by which it finds
 * its row again. null: it comes as it is.
 */
export function asBegun(event: Stripe.Event, flow: OwnFlow): Stripe.Event | null {
  const { object } = event.data
  const begun = begunFor(object, flow)
  if (begun === undefined || !('metadata' in object)) return null
  const { row, user } = begun
  const metadata = { ...object.metadata, userId: user, subscriptionId: row, referenceId: user }
  const named = object.object === 'checkout.session' ? { client_reference_id: user } : {}
  return {
    ...event,
    data: { ...event.data, object: { ...object, ...named, metadata } },
  } as Stripe.Event
}

function begunFor(object: Stripe.Event.Data.Object, flow: OwnFlow): Begun | undefined {
  const { object: name, id } = object as { readonly object?: string; readonly id?: string }
  if (name === 'checkout.session') return flow.of(String(id))
  if (name === 'subscription') return flow.ofSubscription(String(id))
  return undefined
}
