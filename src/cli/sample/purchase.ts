/** A Stripe event of our own making, in the shape of API version 2025-09-30.clover. */
export interface StoryEvent {
  id: string
  object: 'event'
  api_version: string
  created: number
  data: { object: Record<string, unknown>; previous_attributes?: Record<string, unknown> }
  livemode: false
  pending_webhooks: number
  request: { id: string | null; idempotency_key: string | null }
  type: string
}

export interface PurchaseOptions {
  /** Goes into every Stripe id. */
  story: string
  /** The app's customer id. */
  customer: string
  /** Unix seconds. */
  startedAt: number
  seats: number
}

export interface Purchase {
  /** Every event of a paid subscription Checkout, in the order Stripe would stamp them. */
  bought(): StoryEvent[]
  canceledAtPeriodEnd(at: number): StoryEvent[]
}

const SEAT_PRICE = 2_900
const MONTH_SECONDS = 30 * 86_400

/** The Stripe objects of one subscription bought by card, and the events that tell of them. */
export function createPurchase(options: PurchaseOptions): Purchase {
  const { story, startedAt, seats } = options
  const id = (prefix: string): string => `${prefix}_${story}`
  const total = SEAT_PRICE * seats
  const periodEnd = startedAt + MONTH_SECONDS
  const metadata = { customer_id: options.customer }
  let count = 0

  function event(
    type: string,
    created: number,
    object: Record<string, unknown>,
    previous?: Record<string, unknown>,
  ): StoryEvent {
    count += 1
    return {
      id: `evt_${story}${String(count).padStart(2, '0')}`,
      object: 'event',
      api_version: '2025-09-30.clover',
      created,
      data: { object, ...(previous === undefined ? {} : { previous_attributes: previous }) },
      livemode: false,
      pending_webhooks: 1,
      request: { id: previous === undefined ? null : `req_${story}`, idempotency_key: null },
      type,
    }
  }

  const price = {
    id: 'price_sample_pro_monthly',
    object: 'price',
    active: true,
    currency: 'usd',
    lookup_key: 'pro_monthly',
    product: 'prod_sample_pro',
    recurring: { interval: 'month', interval_count: 1, usage_type: 'licensed', meter: null },
    type: 'recurring',
    unit_amount: SEAT_PRICE,
  }
  const customer = {
    id: id('cus'),
    object: 'customer',
    created: startedAt,
    email: 'ada@example.com',
    livemode: false,
    metadata,
    name: 'Ada',
    invoice_settings: { default_payment_method: null },
  }
  const paymentIntent = (status: string, received: number): Record<string, unknown> => ({
    id: id('pi'),
    object: 'payment_intent',
    amount: total,
    amount_received: received,
    created: startedAt + 1,
    currency: 'usd',
    customer: id('cus'),
    latest_charge: received === 0 ? null : id('ch'),
    last_payment_error: null,
    livemode: false,
    metadata: {},
    status,
  })
  const charge = {
    id: id('ch'),
    object: 'charge',
    amount: total,
    amount_captured: total,
    amount_refunded: 0,
    captured: true,
    created: startedAt + 2,
    currency: 'usd',
    customer: id('cus'),
    disputed: false,
    livemode: false,
    metadata: {},
    paid: true,
    payment_intent: id('pi'),
    refunded: false,
    status: 'succeeded',
  }
  const subscription = (ending: { cancelAt: number; canceledAt: number } | null) => ({
    id: id('sub'),
    object: 'subscription',
    billing_mode: { type: 'flexible' },
    cancel_at: ending?.cancelAt ?? null,
    cancel_at_period_end: ending !== null,
    canceled_at: ending?.canceledAt ?? null,
    collection_method: 'charge_automatically',
    created: startedAt + 3,
    currency: 'usd',
    customer: id('cus'),
    days_until_due: null,
    ended_at: null,
    items: {
      object: 'list',
      data: [
        {
          id: id('si'),
          object: 'subscription_item',
          created: startedAt + 3,
          current_period_end: periodEnd,
          current_period_start: startedAt,
          metadata: {},
          price,
          quantity: seats,
          subscription: id('sub'),
        },
      ],
      has_more: false,
      total_count: 1,
    },
    latest_invoice: id('in'),
    livemode: false,
    metadata,
    pause_collection: null,
    pending_update: null,
    start_date: startedAt,
    status: 'active',
    test_clock: null,
    trial_end: null,
    trial_start: null,
  })
  const invoice = (status: 'draft' | 'open' | 'paid'): Record<string, unknown> => ({
    id: id('in'),
    object: 'invoice',
    amount_due: total,
    amount_paid: status === 'paid' ? total : 0,
    amount_remaining: status === 'paid' ? 0 : total,
    attempt_count: status === 'paid' ? 1 : 0,
    attempted: status === 'paid',
    billing_reason: 'subscription_create',
    collection_method: 'charge_automatically',
    created: startedAt + 3,
    currency: 'usd',
    customer: id('cus'),
    due_date: null,
    last_finalization_error: null,
    lines: {
      object: 'list',
      data: [
        {
          id: id('il'),
          object: 'line_item',
          amount: total,
          currency: 'usd',
          invoice: id('in'),
          metadata,
          parent: {
            type: 'subscription_item_details',
            subscription_item_details: {
              proration: false,
              subscription: id('sub'),
              subscription_item: id('si'),
            },
          },
          period: { start: startedAt, end: periodEnd },
          pricing: {
            type: 'price_details',
            price_details: { price: price.id, product: price.product },
          },
          quantity: seats,
        },
      ],
      has_more: false,
      total_count: 1,
    },
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    parent: {
      type: 'subscription_details',
      subscription_details: { metadata, subscription: id('sub') },
    },
    status,
    status_transitions: {
      finalized_at: status === 'draft' ? null : startedAt + 3,
      marked_uncollectible_at: null,
      paid_at: status === 'paid' ? startedAt + 3 : null,
      voided_at: null,
    },
    total,
  })
  const session = {
    id: id('cs_test'),
    object: 'checkout.session',
    amount_total: total,
    client_reference_id: options.customer,
    created: startedAt - 40,
    currency: 'usd',
    customer: id('cus'),
    invoice: id('in'),
    livemode: false,
    metadata: {},
    mode: 'subscription',
    payment_intent: null,
    payment_link: null,
    payment_status: 'paid',
    setup_intent: null,
    status: 'complete',
    subscription: id('sub'),
  }
  const invoicePayment = {
    id: id('inpay'),
    object: 'invoice_payment',
    amount_paid: total,
    amount_requested: total,
    created: startedAt + 3,
    currency: 'usd',
    invoice: id('in'),
    is_default: true,
    livemode: false,
    payment: { type: 'payment_intent', payment_intent: id('pi') },
    status: 'paid',
  }

  return {
    bought: () => [
      event('customer.created', startedAt, customer),
      event('payment_intent.created', startedAt + 1, paymentIntent('requires_payment_method', 0)),
      event('charge.succeeded', startedAt + 2, charge),
      event('payment_intent.succeeded', startedAt + 2, paymentIntent('succeeded', total)),
      event('customer.subscription.created', startedAt + 3, subscription(null)),
      event('invoice.created', startedAt + 3, invoice('draft')),
      event('invoice.finalized', startedAt + 3, invoice('open')),
      event('invoice.paid', startedAt + 3, invoice('paid')),
      event('invoice.payment_succeeded', startedAt + 3, invoice('paid')),
      event('checkout.session.completed', startedAt + 4, session),
      event('invoice_payment.paid', startedAt + 17, invoicePayment),
    ],
    canceledAtPeriodEnd: (at) => [
      event(
        'customer.subscription.updated',
        at,
        subscription({ cancelAt: periodEnd, canceledAt: at }),
        { cancel_at: null, cancel_at_period_end: false, canceled_at: null },
      ),
    ],
  }
}
