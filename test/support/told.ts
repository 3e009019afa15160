import { evaluate } from '../../src/core/evaluate.ts'
import type { Catalog } from '../../src/core/compile-catalog.ts'
import type { Decision, FeatureAccess } from '../../src/core/decision.ts'
import type {
  AnySnapshot,
  FactStates,
  FactType,
  InvoiceLineState,
  Snapshot,
  SubscriptionItemState,
} from '../../src/core/fact.ts'
import { pro } from './catalogs.ts'

/** 2026-01-15 10:00 UTC: a month of Pro begins. */
export const JANUARY = Date.UTC(2026, 0, 15, 10) / 1000
export const FEBRUARY = Date.UTC(2026, 1, 15, 10) / 1000
export const MARCH = Date.UTC(2026, 2, 15, 10) / 1000
export const HOUR = 3600
export const DAY = 86_400

export function item(fields: Partial<SubscriptionItemState> = {}): SubscriptionItemState {
  return {
    id: 'si_1',
    price: 'price_pro',
    product: null,
    lookupKey: null,
    quantity: 1,
    unitAmount: 2000,
    isMetered: false,
    interval: 'month',
    intervalCount: 1,
    created: JANUARY,
    periodStart: JANUARY,
    periodEnd: FEBRUARY,
    ...fields,
  }
}

export function line(fields: Partial<InvoiceLineState> = {}): InvoiceLineState {
  return {
    id: 'il_1',
    price: 'price_pro',
    product: null,
    lookupKey: null,
    quantity: 1,
    subscriptionItem: 'si_1',
    subscription: 'sub_1',
    isProration: false,
    isSubscriptionLine: true,
    isMetered: false,
    amount: 2000,
    periodStart: JANUARY,
    periodEnd: FEBRUARY,
    ...fields,
  }
}

/** Ada's month of Pro, paid by card: what each object says where a test says nothing else. */
const USUAL: FactStates = {
  customer: { deleted: false, metadata: {}, paymentMethodOnFile: false, testClock: null },
  checkout_session: {
    mode: 'payment',
    status: 'complete',
    paymentStatus: 'paid',
    customer: null,
    subscription: null,
    invoice: null,
    paymentIntent: null,
    setupIntent: null,
    clientReferenceId: null,
    paymentLink: null,
    metadata: {},
    amountTotal: 2000,
    created: JANUARY,
    lineItems: null,
  },
  subscription: {
    status: 'active',
    customer: 'cus_1',
    created: JANUARY,
    startDate: JANUARY,
    items: [item()],
    hasMoreItems: false,
    latestInvoice: 'in_1',
    trialStart: null,
    trialEnd: null,
    cancelAt: null,
    cancelAtPeriodEnd: false,
    canceledAt: null,
    endedAt: null,
    pauseCollection: null,
    hasPendingUpdate: false,
    collectionMethod: 'charge_automatically',
    daysUntilDue: null,
    metadata: { customer_id: 'ada' },
    testClock: null,
  },
  invoice: {
    status: 'paid',
    customer: 'cus_1',
    subscription: 'sub_1',
    created: JANUARY,
    billingReason: 'subscription_create',
    collectionMethod: 'charge_automatically',
    amountDue: 2000,
    amountPaid: 2000,
    total: 2000,
    attempted: true,
    attemptCount: 1,
    nextPaymentAttempt: null,
    dueDate: null,
    finalizedAt: JANUARY,
    paidAt: JANUARY,
    hasFinalizationError: false,
    uncollectibleReason: null,
    lines: [line()],
    hasMoreLines: false,
    paymentIntents: [],
    charges: [],
    metadata: {},
    subscriptionMetadata: {},
  },
  invoice_payment: {
    status: 'paid',
    invoice: 'in_1',
    paymentIntent: 'pi_1',
    charge: null,
    amountPaid: 2000,
  },
  payment_intent: {
    status: 'succeeded',
    customer: null,
    invoice: null,
    latestCharge: null,
    amount: 2000,
    amountReceived: 2000,
    hasPaymentError: false,
    created: JANUARY,
    metadata: {},
  },
  charge: {
    status: 'succeeded',
    customer: null,
    invoice: null,
    paymentIntent: 'pi_1',
    amount: 2000,
    amountRefunded: 0,
    isRefunded: false,
    isDisputed: false,
    isCaptured: true,
    created: JANUARY,
  },
  refund: {
    status: 'succeeded',
    charge: 'ch_1',
    paymentIntent: 'pi_1',
    amount: 2000,
    created: JANUARY,
  },
  dispute: {
    status: 'needs_response',
    charge: 'ch_1',
    paymentIntent: 'pi_1',
    amount: 2000,
    reason: null,
    created: JANUARY,
  },
  setup_intent: { status: 'succeeded', customer: 'cus_1', hasPaymentMethod: true },
  product: { isActive: true, isDeleted: false, name: null },
  price: {
    isActive: true,
    isDeleted: false,
    product: null,
    lookupKey: null,
    unitAmount: 2000,
    isRecurring: true,
    isMetered: false,
  },
  entitlement_summary: { lookupKeys: [], hasMore: false },
  test_clock: { frozenTime: JANUARY, status: 'ready' },
  manual_grant: {
    customer: 'ada',
    feature: 'reports',
    value: null,
    from: JANUARY,
    until: null,
    isRevoked: false,
    note: null,
  },
}

/** What one observation says of an object; `fields` differ from the usual, null: Stripe knows none. */
export function told<T extends FactType>(
  type: T,
  object: string,
  fields: Partial<FactStates[T]> | null = {},
  evidence: Partial<Snapshot<T>> = {},
): AnySnapshot {
  const snapshot: Snapshot<T> = {
    type,
    object,
    observation: `evt_${type}_${object}_${String(evidence.at ?? JANUARY)}`,
    origin: type === 'manual_grant' ? 'manual' : fields === null ? 'read' : 'event',
    eventType: `${type}.updated`,
    at: JANUARY,
    request: null,
    after: fields === null ? null : { ...USUAL[type], ...fields },
    before: null,
    ...evidence,
  }
  return snapshot as AnySnapshot
}

export interface Asked {
  at?: number
  catalog?: Catalog
}

/** Everyone's decisions from snapshots of one live account. */
export function decisions(
  snapshots: readonly AnySnapshot[],
  { at = JANUARY + DAY, catalog = pro }: Asked = {},
): Record<string, Decision> {
  const scope = { account: '', livemode: true }
  const all = snapshots.map((snapshot) => ({ scope, snapshot }))
  return evaluate(all, catalog, at).customers
}

/** Ada's decision; fails the test where nothing is known of her. */
export function adas(snapshots: readonly AnySnapshot[], asked: Asked = {}): Decision {
  const decision = decisions(snapshots, asked)['ada']
  if (decision === undefined) throw new Error('nothing is known of ada')
  return decision
}

/** Ada's access to one feature. */
export function access(
  feature: string,
  snapshots: readonly AnySnapshot[],
  asked: Asked = {},
): FeatureAccess {
  const found = adas(snapshots, asked).features[feature]
  if (found === undefined) throw new Error(`the catalog has no feature ${feature}`)
  return found
}
