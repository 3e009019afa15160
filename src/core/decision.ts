/** What `decide` answers: grants, access, needs, alerts and when to look again. Plain, JSON-safe data. */

export const GRANT_STATES = [
  'active',
  'trial',
  'grace',
  'ending',
  'pending',
  'suspended',
  'ended',
  'none',
] as const

export type GrantState = (typeof GRANT_STATES)[number]

/** The states in which a customer may use a feature. */
export const ALLOWED_STATES: ReadonlySet<GrantState> = new Set([
  'active',
  'trial',
  'grace',
  'ending',
])

export interface Reason {
  /** Stable word for programs, e.g. `invoice_paid`. */
  code: string
  /** One plain sentence for people. */
  message: string
  /** Observation ids it rests on. */
  events: string[]
  /** Stripe object ids it rests on. */
  objects: string[]
}

/** true/false for a flag; a number for quantity, metered limit and credits; null: unlimited. */
export type GrantValue = boolean | number | null

/** A feature one source gives. */
export interface Grant {
  feature: string
  /** Stable id: `sub_…/si_…`, `cs_…`, `in_…/il_…`, `pi_…`, `entitlements/cus_…`, `manual/…`. */
  source: string
  kind: 'subscription' | 'purchase' | 'entitlement' | 'manual'
  /** Catalog product; null for entitlement and manual grants. */
  product: string | null
  state: GrantState
  value: GrantValue
  /** Second from which it no longer holds unless something new is learnt; null: for good. */
  until: number | null
  reasons: Reason[]
}

export interface FeatureAccess {
  allowed: boolean
  state: GrantState
  value: GrantValue
  until: number | null
  reasons: Reason[]
}

/** Something only Stripe's API can tell (stripe-facts §6.4). */
export interface Need {
  type: NeedType
  object: string
  reason: string
}

export type NeedType =
  | 'checkout_session' // with line items
  | 'subscription'
  | 'invoice'
  | 'payment_intent'
  | 'charge'
  | 'customer'
  | 'entitlement_summary'
  | 'refund'
  | 'dispute'

/** A thing a person should look at: a catalog hole, an identity conflict, an unknown status. */
export interface Alert {
  code: string
  message: string
  objects: string[]
}

export interface Decision {
  /** Version of the rules that decided. */
  rules: number
  customer: string
  /** The second it was decided for. */
  at: number
  grants: Grant[]
  /** Every catalog feature is listed. */
  features: Record<string, FeatureAccess>
  /** A saved payment method lets the customer be charged later (setup mode). */
  paymentMethodOnFile: boolean
  needs: Need[]
  alerts: Alert[]
  /** Next second at which the answer changes by the clock alone; null: never. */
  wakeAt: number | null
}
