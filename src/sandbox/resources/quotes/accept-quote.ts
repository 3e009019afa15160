import type { Quote } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { discountFor } from '../coupons/discount-for.ts'
import { createInvoiceItem } from '../invoice-items/create-invoice-item.ts'
import { lineOfItem } from '../invoice-items/pending-items.ts'
import { draftInvoice } from '../invoices/draft-invoice.ts'
import { priceAmount } from '../prices/price-amount.ts'
import { newSchedule } from '../subscription-schedules/create-schedule.ts'
import { createSubscription } from '../subscriptions/create-subscription.ts'
import type { SubscriptionInput } from '../subscriptions/subscription-input.ts'
import { refuse } from './quote-acts.ts'
import type { QuoteRecord } from './quote-lines.ts'

/**
 * Accepts an open quote: recurring lines become a subscription with a draft invoice, or a schedule
 * where they are to begin later; one-time lines alone an invoice.
 * @throws {StripeError} 400 where it is not open.
 */
export function acceptQuote(world: World, id: string): Quote {
  const quote = world.must('quote', id)
  if (quote.status !== 'open') refuse(quote, 'accept', 'open')
  world.unschedule(quote.customer, 'quote.expire', id)
  const made = make(world, quote)
  const accepted = world.patch('quote', id, {
    ...made,
    status: 'accepted',
    status_transitions: { ...quote.status_transitions, accepted_at: world.now(quote.customer) },
  })
  world.emit('quote.accepted', accepted)
  return accepted
}

function make(
  world: World,
  quote: Quote,
): Partial<Pick<Quote, 'invoice' | 'subscription' | 'subscription_schedule'>> {
  const record = world.must('~quote', quote.id)
  const isRecurring = record.lines.some(({ item }) => item.price?.type === 'recurring')
  if (!isRecurring) return { invoice: invoiceOf(world, quote, record) }
  const input = subscriptionOf(quote, record)
  const begins = quote.subscription_data.effective_date
  if (begins !== null && begins > world.now(quote.customer)) {
    return { subscription_schedule: scheduleOf(world, quote, record, begins) }
  }
  const subscription = createSubscription(world, input)
  return { subscription: subscription.id, invoice: subscription.latest_invoice }
}

function subscriptionOf(quote: Quote, record: QuoteRecord): SubscriptionInput {
  const { subscription_data: data } = quote
  const isSent = quote.collection_method === 'send_invoice'
  const trial = data.trial_period_days ?? 0
  return {
    customer: quote.customer ?? '',
    items: linesOf(record, 'recurring'),
    add_invoice_items: linesOf(record, 'one_time'),
    billing_mode: { type: data.billing_mode.type === 'classic' ? 'classic' : 'flexible' },
    collection_method: isSent ? 'send_invoice' : 'charge_automatically',
    ...(isSent ? { days_until_due: quote.invoice_settings.days_until_due ?? 30 } : {}),
    default_tax_rates: quote.default_tax_rates ?? [],
    description: data.description,
    discounts: discountsOf(record),
    firstInvoice: 'draft',
    metadata: data.metadata,
    ...(trial > 0 ? { trial_period_days: trial } : {}),
  }
}

function scheduleOf(world: World, quote: Quote, record: QuoteRecord, begins: number): string {
  return newSchedule(world, {
    customer: quote.customer ?? '',
    start_date: begins,
    phases: [
      {
        items: linesOf(record, 'recurring'),
        add_invoice_items: linesOf(record, 'one_time'),
        discounts: discountsOf(record),
        metadata: quote.subscription_data.metadata ?? {},
      },
    ],
  }).id
}

function invoiceOf(world: World, quote: Quote, record: QuoteRecord): string {
  const customer = quote.customer ?? ''
  const currency = quote.currency ?? 'usd'
  const isSent = quote.collection_method === 'send_invoice'
  const now = world.now(customer)
  const id = world.id('in')
  const lines = record.lines.flatMap(({ item, taxRates }) => {
    if (item.price === null) return []
    const quantity = item.quantity ?? 1
    const made = createInvoiceItem(world, {
      customer,
      currency,
      price: item.price.id,
      quantity,
      amount: priceAmount(item.price, quantity, currency),
      taxRates: [...taxRates],
      invoice: id,
    })
    return [lineOfItem(world, made)]
  })
  const discounts = discountsOf(record).map(
    (named) => discountFor(world, { ...named, customer, invoice: null }).id,
  )
  return draftInvoice(world, {
    id,
    customer,
    currency,
    quote: quote.id,
    billingReason: 'manual',
    collectionMethod: isSent ? 'send_invoice' : 'charge_automatically',
    ...(isSent ? { daysUntilDue: quote.invoice_settings.days_until_due ?? 30 } : {}),
    autoAdvance: true,
    lines,
    includePendingItems: false,
    periodStart: now,
    periodEnd: now,
    ...(discounts.length === 0 ? {} : { discounts }),
    defaultTaxRates: (quote.default_tax_rates ?? []).map(String),
  }).id
}

function linesOf(record: QuoteRecord, type: 'recurring' | 'one_time') {
  return record.lines.flatMap(({ item, taxRates }) =>
    item.price?.type === type
      ? [
          {
            price: item.price.id,
            ...(item.quantity === null ? {} : { quantity: item.quantity }),
            ...(taxRates.length === 0 ? {} : { tax_rates: [...taxRates] }),
          },
        ]
      : [],
  )
}

function discountsOf(record: QuoteRecord) {
  return record.discounts.map(({ coupon, promotion_code: code }) =>
    code === null ? { coupon: coupon ?? '' } : { promotion_code: code },
  )
}
