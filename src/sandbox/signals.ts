import type { World } from './world/world.ts'

/** How an attempt to take or prepare a payment stands. */
export type IntentOutcome =
  'succeeded' | 'processing' | 'requires_action' | 'requires_capture' | 'failed' | 'canceled'

/**
 * What one resource tells the others, inside the same change: an invoice hears that its payment
 * intent settled, a subscription hears that its invoice was paid. Ids only: who listens reads the
 * state as it is.
 */
export interface Signals {
  /** After the intent's own state and events; `failed` also for a payment that fails days later. */
  readonly 'payment_intent.settled': { readonly id: string; readonly outcome: IntentOutcome }
  readonly 'setup_intent.settled': { readonly id: string; readonly outcome: IntentOutcome }
  readonly 'invoice.finalized': { readonly id: string }
  readonly 'invoice.paid': { readonly id: string }
  /**
   * `exhausted`: no further automatic attempt will follow; never said of a subscription's first
   * invoice, which has none.
   */
  readonly 'invoice.payment_failed': { readonly id: string; readonly exhausted: boolean }
  /** `synchronous`: the attempt's answer is still awaited by an API call. */
  readonly 'invoice.payment_action_required': { readonly id: string }
  readonly 'invoice.payment_processing': { readonly id: string }
  readonly 'invoice.past_due': { readonly id: string }
  readonly 'invoice.voided': { readonly id: string }
  readonly 'invoice.marked_uncollectible': { readonly id: string }
  /** Created, any change of status or items, ended. */
  readonly 'subscription.changed': { readonly id: string }
  readonly 'price.changed': { readonly id: string }
  /** A meter event was accepted for a customer. */
  readonly 'usage.counted': { readonly customer: string; readonly meter: string }
  readonly 'dispute.created': { readonly id: string }
  readonly 'payment_method.attached': { readonly id: string }
  /** Sent before the customer goes, while its objects can still be found by it. */
  readonly 'customer.deleting': { readonly id: string }
  readonly 'test_clock.deleting': { readonly id: string }
}

export type SignalName = keyof Signals

export type Reaction<Name extends SignalName> = (world: World, signal: Signals[Name]) => void

export type Reactions = { readonly [Name in SignalName]?: Reaction<Name> }
