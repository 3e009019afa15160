import fc from 'fast-check'
import {
  FACT_TYPES,
  type AnySnapshot,
  type BoughtPrice,
  type FactStates,
  type FactType,
  type InvoiceLineState,
  type SubscriptionItemState,
} from '../../src/core/fact.ts'

/**
 * Snapshots of every type with any values of the right types: known and unknown statuses, absent
 * fields, seconds at the ends of what a number holds, and ids out of few, so that objects refer to
 * each other (and in circles) at random.
 */
const second = fc.oneof(
  fc.integer({ min: 1_760_000_000, max: 1_760_000_090 }),
  fc.integer({ min: 1_750_000_000, max: 1_780_000_000 }),
  fc.constantFrom(0, -1, 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 8.64e12, 8.64e12 + 1),
)
const amount = fc.oneof(
  fc.integer({ min: -100, max: 5000 }),
  fc.constantFrom(0, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
)
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 4 })
const idOf = (prefix: string) => fc.constantFrom(`${prefix}_1`, `${prefix}_2`, `${prefix}_3`)
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', 'ada', 'toString', 'constructor', '\u0000', '\ud800', 'x'.repeat(300)),
)
const status = (...known: string[]) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...known) },
    { weight: 1, arbitrary: fc.constantFrom('', 'novel', 'toString', '\u0000'.repeat(200)) },
  )
const metadata = fc.oneof(
  fc.constant({}),
  fc.constantFrom('ada', 'bob', '', ' spaced').map((customer_id) => ({ customer_id })),
  fc.constantFrom('pass', 'lifetime', 'nothing').map((proviso_product) => ({ proviso_product })),
  fc.dictionary(text, text, { maxKeys: 2 }),
) as fc.Arbitrary<Record<string, string>>
const count = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(Number.MAX_SAFE_INTEGER))

const bought: fc.Arbitrary<BoughtPrice> = fc.record({
  price: some(fc.constantFrom('price_pro', 'price_pass', 'price_usage', 'price_other')),
  product: some(fc.constantFrom('prod_exports', 'prod_other')),
  lookupKey: some(fc.constantFrom('team_monthly', 'other')),
  quantity: count,
})

const interval = some(fc.constantFrom('day', 'week', 'month', 'year', 'aeon'))

const item: fc.Arbitrary<SubscriptionItemState> = fc
  .tuple(
    bought,
    fc.record({
      id: idOf('si'),
      unitAmount: some(amount),
      isMetered: fc.boolean(),
      interval,
      intervalCount: count,
      created: some(second),
      periodStart: some(second),
      periodEnd: some(second),
    }),
  )
  .map(([price, rest]) => ({ ...price, ...rest }))

const line: fc.Arbitrary<InvoiceLineState> = fc
  .tuple(
    bought,
    fc.record({
      id: idOf('il'),
      subscriptionItem: some(idOf('si')),
      subscription: some(idOf('sub')),
      isProration: fc.boolean(),
      isSubscriptionLine: fc.boolean(),
      isMetered: fc.boolean(),
      amount,
      periodStart: some(second),
      periodEnd: some(second),
    }),
  )
  .map(([price, rest]) => ({ ...price, ...rest }))

const STATES: { [T in FactType]: fc.Arbitrary<FactStates[T]> } = {
  customer: fc.record({
    deleted: fc.boolean(),
    metadata,
    paymentMethodOnFile: fc.boolean(),
    testClock: some(idOf('clock')),
  }),
  checkout_session: fc.record({
    mode: some(status('payment', 'subscription', 'setup')),
    status: some(status('open', 'complete', 'expired')),
    paymentStatus: some(status('paid', 'unpaid', 'no_payment_required')),
    customer: some(idOf('cus')),
    subscription: some(idOf('sub')),
    invoice: some(idOf('in')),
    paymentIntent: some(idOf('pi')),
    setupIntent: some(idOf('seti')),
    clientReferenceId: some(text),
    paymentLink: some(idOf('plink')),
    metadata,
    amountTotal: some(amount),
    created: some(second),
    lineItems: some(fc.array(bought, { maxLength: 2 })),
  }),
  subscription: fc.record({
    status: status(
      ...['incomplete', 'incomplete_expired', 'trialing', 'active', 'active'],
      ...['past_due', 'unpaid', 'paused', 'canceled'],
    ),
    customer: some(idOf('cus')),
    created: some(second),
    startDate: some(second),
    items: fc.array(item, { maxLength: 3 }),
    hasMoreItems: fc.boolean(),
    latestInvoice: some(idOf('in')),
    trialStart: some(second),
    trialEnd: some(second),
    cancelAt: some(second),
    cancelAtPeriodEnd: fc.boolean(),
    canceledAt: some(second),
    endedAt: fc.option(second, { nil: null, freq: 1 }),
    pauseCollection: some(fc.record({ behavior: some(text), resumesAt: some(second) })),
    hasPendingUpdate: fc.boolean(),
    collectionMethod: some(status('charge_automatically', 'send_invoice')),
    daysUntilDue: some(count),
    metadata,
    testClock: some(idOf('clock')),
  }),
  invoice: fc.record({
    status: status('draft', 'open', 'paid', 'paid', 'void', 'uncollectible'),
    customer: some(idOf('cus')),
    subscription: some(idOf('sub')),
    created: some(second),
    billingReason: some(
      status('subscription_create', 'subscription_cycle', 'subscription_update', 'manual'),
    ),
    collectionMethod: some(status('charge_automatically', 'send_invoice')),
    amountDue: some(amount),
    amountPaid: some(amount),
    total: some(amount),
    attempted: fc.boolean(),
    attemptCount: count,
    nextPaymentAttempt: some(second),
    dueDate: some(second),
    finalizedAt: some(second),
    paidAt: some(second),
    hasFinalizationError: fc.boolean(),
    uncollectibleReason: some(status('subscription_paused')),
    lines: fc.array(line, { maxLength: 3 }),
    hasMoreLines: fc.boolean(),
    paymentIntents: fc.array(idOf('pi'), { maxLength: 2 }),
    charges: fc.array(idOf('ch'), { maxLength: 2 }),
    metadata,
    subscriptionMetadata: metadata,
  }),
  invoice_payment: fc.record({
    status: status('open', 'paid', 'canceled'),
    invoice: some(idOf('in')),
    paymentIntent: some(idOf('pi')),
    charge: some(idOf('ch')),
    amountPaid: some(amount),
  }),
  payment_intent: fc.record({
    status: status(
      ...['requires_payment_method', 'requires_confirmation', 'requires_action', 'processing'],
      ...['requires_capture', 'canceled', 'succeeded'],
    ),
    customer: some(idOf('cus')),
    invoice: some(idOf('in')),
    latestCharge: some(idOf('ch')),
    amount: some(amount),
    amountReceived: some(amount),
    hasPaymentError: fc.boolean(),
    created: some(second),
    metadata,
  }),
  charge: fc.record({
    status: status('pending', 'succeeded', 'failed'),
    customer: some(idOf('cus')),
    invoice: some(idOf('in')),
    paymentIntent: some(idOf('pi')),
    amount,
    amountRefunded: amount,
    isRefunded: fc.boolean(),
    isDisputed: fc.boolean(),
    isCaptured: fc.boolean(),
    created: some(second),
  }),
  refund: fc.record({
    status: status('pending', 'requires_action', 'succeeded', 'failed', 'canceled'),
    charge: some(idOf('ch')),
    paymentIntent: some(idOf('pi')),
    amount,
    created: some(second),
  }),
  dispute: fc.record({
    status: status(
      ...['warning_needs_response', 'warning_under_review', 'warning_closed', 'needs_response'],
      ...['under_review', 'charge_refunded', 'prevented', 'lost', 'won'],
      ...['appeal_needs_response', 'appeal_under_review'],
    ),
    charge: some(idOf('ch')),
    paymentIntent: some(idOf('pi')),
    amount,
    reason: some(text),
    created: some(second),
  }),
  setup_intent: fc.record({
    status: status('requires_payment_method', 'succeeded', 'canceled'),
    customer: some(idOf('cus')),
    hasPaymentMethod: fc.boolean(),
  }),
  product: fc.record({ isActive: fc.boolean(), isDeleted: fc.boolean(), name: some(text) }),
  price: fc.record({
    isActive: fc.boolean(),
    isDeleted: fc.boolean(),
    product: some(idOf('prod')),
    lookupKey: some(text),
    unitAmount: some(amount),
    isRecurring: fc.boolean(),
    isMetered: fc.boolean(),
  }),
  entitlement_summary: fc.record({
    lookupKeys: fc.array(fc.constantFrom('priority_support', 'other'), { maxLength: 2 }),
    hasMore: fc.boolean(),
  }),
  test_clock: fc.record({ frozenTime: some(second), status: some(status('ready', 'advancing')) }),
  manual_grant: fc.record({
    customer: fc.constantFrom('ada', 'bob', ''),
    feature: fc.constantFrom('reports', 'seats', 'unknown', 'toString'),
    value: some(fc.oneof(fc.boolean(), amount)),
    from: second,
    until: some(second),
    isRevoked: fc.boolean(),
    note: some(text),
  }),
}

const PREFIX: Readonly<Record<FactType, string>> = {
  customer: 'cus',
  checkout_session: 'cs',
  subscription: 'sub',
  invoice: 'in',
  invoice_payment: 'inpay',
  payment_intent: 'pi',
  charge: 'ch',
  refund: 're',
  dispute: 'dp',
  setup_intent: 'seti',
  product: 'prod',
  price: 'price',
  entitlement_summary: 'cus',
  test_clock: 'clock',
  manual_grant: 'act',
}

const EVENT_TYPES: Readonly<Partial<Record<FactType, readonly string[]>>> = {
  checkout_session: [
    'checkout.session.completed',
    'checkout.session.async_payment_failed',
    'checkout.session.async_payment_succeeded',
    'checkout.session.expired',
  ],
  subscription: ['customer.subscription.updated', 'customer.subscription.deleted'],
  invoice: ['invoice.paid', 'invoice.payment_failed', 'invoice.finalized'],
}

/** A snapshot of one type in any state. */
export function snapshotsOf<T extends FactType>(type: T): fc.Arbitrary<AnySnapshot> {
  const state: fc.Arbitrary<FactStates[T]> = STATES[type]
  return fc
    .record({
      object: idOf(PREFIX[type]),
      evidence: fc.integer({ min: 1, max: 40 }),
      origin: fc.constantFrom<AnySnapshot['origin']>('event', 'event', 'event', 'read'),
      eventType: fc.constantFrom(...(EVENT_TYPES[type] ?? [`${type}.updated`])),
      at: second,
      request: some(fc.constantFrom('req_1', 'req_2')),
      after: fc.option(state, { nil: null, freq: 12 }),
      before: some(state),
    })
    .map(({ evidence, ...rest }) => ({
      type,
      observation: `evt_${String(evidence)}`,
      ...rest,
    })) as unknown as fc.Arbitrary<AnySnapshot>
}

/** A snapshot of any type in any state. */
export const anySnapshot: fc.Arbitrary<AnySnapshot> = fc.oneof(
  ...FACT_TYPES.map((type) => snapshotsOf(type)),
)
