/**
 * Facts: Stripe objects reduced to what decisions read. Times are Unix seconds, amounts are minor
 * currency units. Every field is tolerant by construction: `src/stripe` fills what a payload has and
 * `null` where it has nothing, whatever API version shaped it (stripe-facts §2.3).
 */

export const FACT_TYPES = [
  'customer',
  'checkout_session',
  'subscription',
  'invoice',
  'invoice_payment',
  'payment_intent',
  'charge',
  'refund',
  'dispute',
  'setup_intent',
  'product',
  'price',
  'entitlement_summary',
  'test_clock',
  'manual_grant',
] as const

export type FactType = (typeof FACT_TYPES)[number]

export interface CustomerState {
  deleted: boolean
  metadata: Record<string, string>
  paymentMethodOnFile: boolean
  testClock: string | null
}

/** A price bought: what a catalog matches against. */
export interface BoughtPrice {
  price: string | null
  product: string | null
  lookupKey: string | null
  quantity: number
}

export interface CheckoutSessionState {
  mode: string | null
  /** open | complete | expired */
  status: string | null
  /** paid | unpaid | no_payment_required */
  paymentStatus: string | null
  customer: string | null
  subscription: string | null
  invoice: string | null
  paymentIntent: string | null
  setupIntent: string | null
  clientReferenceId: string | null
  paymentLink: string | null
  metadata: Record<string, string>
  amountTotal: number | null
  created: number | null
  /** null: not in the payload (webhooks never carry them); a read fills them. */
  lineItems: BoughtPrice[] | null
}

export interface SubscriptionItemState extends BoughtPrice {
  id: string
  /** Minor units; null where tiered, custom or not in the payload. */
  unitAmount: number | null
  isMetered: boolean
  /** day | week | month | year */
  interval: string | null
  intervalCount: number
  created: number | null
  periodStart: number | null
  periodEnd: number | null
}

export interface SubscriptionState {
  status: string
  customer: string | null
  created: number | null
  startDate: number | null
  items: SubscriptionItemState[]
  hasMoreItems: boolean
  latestInvoice: string | null
  trialStart: number | null
  trialEnd: number | null
  cancelAt: number | null
  cancelAtPeriodEnd: boolean
  canceledAt: number | null
  endedAt: number | null
  /** null: collection is not paused. */
  pauseCollection: { behavior: string | null; resumesAt: number | null } | null
  hasPendingUpdate: boolean
  /** charge_automatically | send_invoice */
  collectionMethod: string | null
  daysUntilDue: number | null
  metadata: Record<string, string>
  testClock: string | null
}

export interface InvoiceLineState extends BoughtPrice {
  id: string
  subscriptionItem: string | null
  subscription: string | null
  isProration: boolean
  /** A line of a subscription item itself; false: an invoice item (one-time price, manual line, proration). */
  isSubscriptionLine: boolean
  isMetered: boolean
  amount: number
  periodStart: number | null
  periodEnd: number | null
}

export interface InvoiceState {
  /** draft | open | paid | void | uncollectible; derived from booleans for payloads before 2018-11. */
  status: string
  customer: string | null
  subscription: string | null
  created: number | null
  billingReason: string | null
  collectionMethod: string | null
  amountDue: number | null
  amountPaid: number | null
  total: number | null
  attempted: boolean
  attemptCount: number
  nextPaymentAttempt: number | null
  dueDate: number | null
  finalizedAt: number | null
  paidAt: number | null
  hasFinalizationError: boolean
  /** status_details.uncollectible.reason (endive) or null. */
  uncollectibleReason: string | null
  lines: InvoiceLineState[]
  hasMoreLines: boolean
  /** Joins the payload names (pre-basil fields, or an expanded `payments` list). */
  paymentIntents: string[]
  charges: string[]
  metadata: Record<string, string>
  subscriptionMetadata: Record<string, string>
}

export interface InvoicePaymentState {
  /** open | paid | canceled */
  status: string
  invoice: string | null
  paymentIntent: string | null
  charge: string | null
  amountPaid: number | null
}

export interface PaymentIntentState {
  status: string
  customer: string | null
  invoice: string | null
  latestCharge: string | null
  amount: number | null
  amountReceived: number | null
  hasPaymentError: boolean
  created: number | null
  metadata: Record<string, string>
}

export interface ChargeState {
  /** pending | succeeded | failed */
  status: string
  customer: string | null
  invoice: string | null
  paymentIntent: string | null
  amount: number
  amountRefunded: number
  isRefunded: boolean
  isDisputed: boolean
  isCaptured: boolean
  created: number | null
}

export interface RefundState {
  /** pending | requires_action | succeeded | failed | canceled */
  status: string
  charge: string | null
  paymentIntent: string | null
  amount: number
  created: number | null
}

export interface DisputeState {
  status: string
  charge: string | null
  paymentIntent: string | null
  amount: number
  reason: string | null
  created: number | null
}

export interface SetupIntentState {
  status: string
  customer: string | null
  hasPaymentMethod: boolean
}

export interface ProductState {
  isActive: boolean
  isDeleted: boolean
  name: string | null
}

export interface PriceState {
  isActive: boolean
  isDeleted: boolean
  product: string | null
  lookupKey: string | null
  unitAmount: number | null
  isRecurring: boolean
  isMetered: boolean
}

export interface EntitlementSummaryState {
  /** Lookup keys of the active features, sorted. */
  lookupKeys: string[]
  /** More than the ten a webhook carries (stripe-facts row 92). */
  hasMore: boolean
}

export interface TestClockState {
  frozenTime: number | null
  status: string | null
}

export interface ManualGrantState {
  customer: string
  feature: string
  value: number | boolean | null
  from: number
  until: number | null
  isRevoked: boolean
  note: string | null
}

export interface FactStates {
  customer: CustomerState
  checkout_session: CheckoutSessionState
  subscription: SubscriptionState
  invoice: InvoiceState
  invoice_payment: InvoicePaymentState
  payment_intent: PaymentIntentState
  charge: ChargeState
  refund: RefundState
  dispute: DisputeState
  setup_intent: SetupIntentState
  product: ProductState
  price: PriceState
  entitlement_summary: EntitlementSummaryState
  test_clock: TestClockState
  manual_grant: ManualGrantState
}

/**
 * One observation of one object, reduced. The set of an object's snapshots is all we hold of it;
 * its state is a pure function of that set (`resolve`).
 */
export interface Snapshot<T extends FactType = FactType> {
  type: T
  /** Stripe object id (for an entitlement summary: the Stripe customer's id). */
  object: string
  /** Evidence: the event's id (`evt_…`), the read's (`read_…`) or the manual act's (`act_…`). */
  observation: string
  origin: 'event' | 'read' | 'manual'
  /** Stripe's event type; for a read or manual act the word itself. */
  eventType: string
  /** Event `created`; for a read, the second its request started. A hint, never an order (stripe-facts §6.3). */
  at: number
  /** Stripe request id; null: Stripe's own automation, or unknown. */
  request: string | null
  /** State in the payload; null in a read that found nothing (404). */
  after: FactStates[T] | null
  /** The whole pre-image (payload overlaid with `previous_attributes`), where the event carried any. */
  before: FactStates[T] | null
}

export type AnySnapshot = { [T in FactType]: Snapshot<T> }[FactType]

/** Never mixed: every key in core and in SQL lives inside one scope. */
export interface Scope {
  /** Connected account (`acct_…`), or '' for the account's own objects. */
  account: string
  livemode: boolean
}
