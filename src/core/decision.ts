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
  /** What its limit or credits are given for; null for flags and quantities. */
  usage: GrantUsage | null
}

/** For which spans of time a grant gives its limit or credits. Times are Unix seconds. */
export interface GrantUsage {
  /** What allowances are named by: the subscription, so that a change of plan keeps what was used, or the source. */
  group: string
  /** Billing period; null: none is known, so calendar months count, or it is given once. */
  periodStart: number | null
  periodEnd: number | null
  /** day | week | month | year; null: what follows the period is not known. */
  interval: string | null
  intervalCount: number
  /** Second that periods are counted from: a month after 28 February ends on 31 March where this is a 31st. */
  anchor: number | null
  /** Metered: what happens beyond the limit. */
  overage: 'block' | 'bill'
  /** Second from which it gives; null: not paid for yet, or taken back. */
  givenAt: number | null
  /** Second at which what is given once ends by itself; null: never. */
  endsAt: number | null
  /** Credits: seconds they hold from when they are given; null: as long as the period or the purchase. */
  expiresAfter: number | null
  /** Credits of a subscription: periods whose money came in, oldest first, while they can still matter. */
  paid: PaidPeriod[]
  /** On a Stripe test clock: the second it stands at (row 96). */
  frozenAt: number | null
}

export interface PaidPeriod {
  from: number
  to: number
  amount: number
  /** Its money was taken back, or the subscription ended in it. */
  isTaken: boolean
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
