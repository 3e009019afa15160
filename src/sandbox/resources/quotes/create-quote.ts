import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Quote } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { refuseDiscounts } from '../subscriptions/discounts.ts'
import { taxRates } from '../subscriptions/make-item.ts'
import type { QuoteInput } from './parameters.ts'
import { makeQuoteLines, quoteSums, type QuoteRecord } from './quote-lines.ts'

const THIRTY_DAYS = 30 * 86_400

/** @throws {StripeError} 400 for what Stripe refuses. */
export function createQuote(world: World, given: QuoteInput): Quote {
  const source = sourceOf(world, given)
  const input: QuoteInput = { customer: source?.customer ?? undefined, ...given }
  if (input.customer !== undefined) inParameter(world, 'customer', input.customer, 'customer')
  refuseDiscounts(world, input.discounts, input.customer ?? null)
  const rates = taxRates(world, input.default_tax_rates, 'default_tax_rates') ?? []
  const from = source === undefined ? undefined : world.must('~quote', source.id)
  const id = world.id('qt')
  const now = world.now(input.customer)
  const record: QuoteRecord = {
    id,
    lines:
      input.line_items === undefined
        ? (from?.lines ?? [])
        : makeQuoteLines(world, input.line_items),
    discounts: namesOf(world, input.discounts) ?? from?.discounts ?? [],
  }
  const { lines, ...sums } = quoteSums(world, record, {
    hasTrial: (input.subscription_data?.trial_period_days ?? 0) > 0,
    taxRates: rates.map((rate) => rate.id),
    exempt: world.get('customer', input.customer)?.tax_exempt ?? 'none',
  })
  const enabled = input.automatic_tax?.enabled ?? false
  const data = input.subscription_data
  const quote: Quote = {
    id,
    object: 'quote',
    ...sums,
    application: null,
    application_fee_amount: null,
    application_fee_percent: null,
    automatic_tax: {
      enabled,
      liability: enabled ? { type: 'self' } : null,
      provider: enabled ? 'stripe' : null,
      status: enabled ? 'complete' : null,
    },
    collection_method: input.collection_method ?? 'charge_automatically',
    created: now,
    currency: lines[0]?.item.currency ?? null,
    customer: input.customer ?? null,
    customer_account: null,
    default_tax_rates: rates.map((rate) => rate.id),
    description: input.description ?? source?.description ?? null,
    discounts: [],
    expires_at: input.expires_at ?? now + THIRTY_DAYS,
    footer: input.footer ?? source?.footer ?? null,
    from_quote:
      source === undefined
        ? null
        : { is_revision: input.from_quote?.is_revision ?? false, quote: source.id },
    header: input.header ?? source?.header ?? null,
    invoice: null,
    invoice_settings: {
      custom_fields: null,
      days_until_due: input.invoice_settings?.days_until_due ?? null,
      description: input.invoice_settings?.description ?? null,
      footer: input.invoice_settings?.footer ?? null,
      issuer: { type: 'self' },
    },
    livemode: false,
    metadata: input.metadata ?? {},
    number: null,
    on_behalf_of: null,
    status: 'draft',
    status_transitions: { accepted_at: null, canceled_at: null, finalized_at: null },
    subscription: null,
    subscription_data: {
      billing_mode: { type: data?.billing_mode?.type ?? 'flexible' },
      description: data?.description ?? null,
      effective_date: data?.effective_date ?? null,
      metadata: data?.metadata ?? {},
      trial_period_days: data?.trial_period_days ?? null,
    },
    subscription_schedule: null,
    test_clock: input.test_clock ?? world.testClockOf(input.customer),
    transfer_data: null,
  }
  world.insert('~quote', { ...record, lines })
  world.insert('quote', quote)
  world.emit('quote.created', quote)
  return quote
}

function sourceOf(world: World, { from_quote: from }: QuoteInput): Quote | undefined {
  if (from === undefined) return undefined
  const source = inParameter(world, 'quote', from.quote, 'from_quote[quote]')
  if (source.status === 'draft') {
    throw invalidRequest('You can only copy or revise a quote that has been finalized.', {
      param: 'from_quote[quote]',
    })
  }
  return source
}

/** The discounts a quote names; undefined where nothing is said of them. */
/** By what its discounts are given; a discount given before stands for its coupon. */
export function namesOf(
  world: World,
  discounts: QuoteInput['discounts'],
): QuoteRecord['discounts'] | undefined {
  if (discounts === undefined) return undefined
  return (discounts ?? []).map(({ coupon, promotion_code: code, discount }, at) => {
    if (discount !== undefined) {
      const before = inParameter(world, 'discount', discount, `discounts[${String(at)}][discount]`)
      return { coupon: before.source.coupon, promotion_code: before.promotion_code }
    }
    if (coupon === undefined && code === undefined) {
      const param = `discounts[${String(at)}][coupon]`
      throw invalidRequest(`Missing required param: ${param}.`, {
        code: 'parameter_missing',
        param,
      })
    }
    return { coupon: coupon ?? null, promotion_code: code ?? null }
  })
}
