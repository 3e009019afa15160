import type { z } from 'zod'
import { inParameter } from '../../protocol/find.ts'
import {
  clearable,
  count,
  currency,
  decimal,
  flag,
  hash,
  integer,
  list,
  metadata,
  oneOf,
  text,
  timestamp,
  timestampOrNow,
} from '../../protocol/parameters.ts'
import { route } from '../../protocol/route.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Invoice, Subscription } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { pendingItemsFor, lineOfItem } from '../invoice-items/pending-items.ts'
import type { SubscriptionUpdate } from '../subscriptions/subscription-input.ts'
import { withAssumedDiscounts } from './invoice-settings.ts'
import { discountChoice } from './parameters.ts'
import { lineFor, newLines } from './preview-lines.ts'
import { previewDraft, previewSubscription } from './preview-invoice.ts'

const item = hash({
  id: text.optional(),
  clear_usage: flag.optional(),
  deleted: flag.optional(),
  metadata: metadata.optional(),
  price: text.optional(),
  quantity: count.optional(),
  tax_rates: clearable(list(text)).optional(),
})

const invoiceItem = hash({
  amount: integer.optional(),
  currency: currency.optional(),
  description: text.optional(),
  discountable: flag.optional(),
  metadata: metadata.optional(),
  period: hash({ end: timestamp, start: timestamp }).optional(),
  price: text.optional(),
  quantity: count.optional(),
  tax_rates: clearable(list(text)).optional(),
  unit_amount: integer.optional(),
  unit_amount_decimal: decimal.optional(),
})

const previewParameters = hash({
  automatic_tax: hash({ enabled: flag }).optional(),
  currency: currency.optional(),
  customer: text.optional(),
  discounts: clearable(list(discountChoice)).optional(),
  invoice_items: list(invoiceItem).optional(),
  preview_mode: oneOf('next').optional(),
  subscription: text.optional(),
  subscription_details: hash({
    billing_cycle_anchor: oneOf('now', 'unchanged').optional(),
    cancel_now: flag.optional(),
    default_tax_rates: clearable(list(text)).optional(),
    items: list(item).optional(),
    proration_behavior: oneOf('always_invoice', 'create_prorations', 'none').optional(),
    proration_date: timestamp.optional(),
    start_date: timestamp.optional(),
    trial_end: timestampOrNow.optional(),
  }).optional(),
})

/** `POST /v1/invoices/create_preview`. */
export const preview = route({
  method: 'POST',
  path: '/v1/invoices/create_preview',
  params: previewParameters,
  handle: ({ world, params }) => {
    const subscription = subscriptionFor(world, params)
    const customer =
      params.customer === undefined
        ? subscription?.customer
        : inParameter(world, 'customer', params.customer, 'customer').id
    if (customer === undefined) {
      throw invalidRequest('You must specify a `customer` or a `subscription`.', {
        code: 'parameter_missing',
        param: 'customer',
      })
    }
    const { discounts } = params
    if (discounts === undefined) return previewFor(world, params, { customer, subscription })
    return withAssumedDiscounts(world, discounts ?? [], customer, (ids) =>
      previewFor(world, params, { customer, subscription, discounts: ids }),
    )
  },
})

function previewFor(
  world: World,
  params: z.output<typeof previewParameters>,
  {
    customer,
    subscription,
    discounts,
  }: {
    readonly customer: string
    readonly subscription: Subscription | undefined
    readonly discounts?: readonly string[]
  },
): Invoice {
  const { subscription_details: details } = params
  const now = world.now(customer)
  const extra = (params.invoice_items ?? []).map((given, at) => lineFor(world, given, at, now))
  if (subscription !== undefined) {
    const change = (details ?? {}) as SubscriptionUpdate
    return previewSubscription(world, subscription.id, change, extra, discounts).invoice
  }
  const lines = newLines(world, details?.items ?? [], now)
  const first = lines.find((line) => line.price !== undefined)
  const currencyOf =
    params.currency ??
    world.get('price', first?.price)?.currency ??
    world.must('customer', customer).currency ??
    'usd'
  const pending = pendingItemsFor(world, customer, currencyOf).map((waiting) =>
    lineOfItem(world, waiting),
  )
  if (lines.length + pending.length + extra.length === 0) {
    throw invalidRequest(`No upcoming invoices for customer: ${customer}`, {
      code: 'invoice_upcoming_none',
    })
  }
  return previewDraft(
    world,
    {
      customer,
      currency: currencyOf,
      billingReason: 'upcoming',
      collectionMethod: 'charge_automatically',
      autoAdvance: false,
      lines: [],
      includePendingItems: true,
      periodStart: now,
      periodEnd: now,
      discounts,
      automaticTax: params.automatic_tax?.enabled ?? false,
      defaultTaxRates: details?.default_tax_rates ?? [],
    },
    [...pending, ...lines, ...extra],
  ).invoice
}

function subscriptionFor(
  world: World,
  params: {
    readonly customer?: string | undefined
    readonly subscription?: string | undefined
    readonly subscription_details?: { readonly items?: unknown } | undefined
  },
): Subscription | undefined {
  if (params.subscription !== undefined) {
    const found = inParameter(world, 'subscription', params.subscription, 'subscription')
    if (
      found.items.data.length === 0 ||
      found.ended_at !== null ||
      ['canceled', 'incomplete_expired'].includes(found.status)
    ) {
      throw invalidRequest('No upcoming invoices for a subscription that has ended.', {
        code: 'invoice_upcoming_none',
      })
    }
    return found
  }
  if (params.customer === undefined || params.subscription_details?.items !== undefined) return
  // Without naming one, the customer's next to bill.
  return world
    .where('subscription', 'customer', params.customer)
    .filter(({ status }) => ['active', 'trialing', 'past_due'].includes(status))
    .sort((a, b) => soonest(a) - soonest(b))[0]
}

function soonest(subscription: Subscription): number {
  return Math.min(...subscription.items.data.map((one) => one.current_period_end))
}
