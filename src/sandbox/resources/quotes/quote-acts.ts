import { mergeMetadata } from '../../protocol/parameters.ts'
import { inParameter } from '../../protocol/find.ts'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Quote } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { refuseDiscounts } from '../subscriptions/discounts.ts'
import { taxRates } from '../subscriptions/make-item.ts'
import { namesOf } from './create-quote.ts'
import type { QuoteUpdate } from './parameters.ts'
import { makeQuoteLines, quoteSums } from './quote-lines.ts'

/** @throws {StripeError} 400 for a quote that is no draft, where more than its metadata changes. */
export function updateQuote(world: World, id: string, input: QuoteUpdate): Quote {
  const quote = world.must('quote', id)
  const others = Object.entries(input).filter(
    ([name, value]) => value !== undefined && name !== 'metadata',
  )
  if (quote.status !== 'draft' && others.length > 0) refuse(quote, 'update', 'draft')
  if (input.customer !== undefined) inParameter(world, 'customer', input.customer, 'customer')
  refuseDiscounts(world, input.discounts, input.customer ?? quote.customer)
  const before = world.must('~quote', id)
  const record = {
    ...before,
    lines: input.line_items === undefined ? before.lines : makeQuoteLines(world, input.line_items),
    discounts: namesOf(world, input.discounts) ?? before.discounts,
  }
  const rates =
    taxRates(world, input.default_tax_rates, 'default_tax_rates')?.map((rate) => rate.id) ??
    quote.default_tax_rates ??
    []
  const data = { ...quote.subscription_data, ...definedOf(input.subscription_data ?? {}) }
  const { lines, ...sums } = quoteSums(world, record, {
    hasTrial: (data.trial_period_days ?? 0) > 0,
    taxRates: rates,
    exempt: world.get('customer', input.customer ?? quote.customer)?.tax_exempt ?? 'none',
  })
  world.insert('~quote', { ...record, lines })
  // There is no event of a quote's update.
  return world.patch('quote', id, {
    ...sums,
    ...definedOf({
      collection_method: input.collection_method,
      customer: input.customer,
      description: input.description,
      expires_at: input.expires_at,
      footer: input.footer,
      header: input.header,
    }),
    currency: lines[0]?.item.currency ?? null,
    default_tax_rates: rates,
    invoice_settings: { ...quote.invoice_settings, ...definedOf(input.invoice_settings ?? {}) },
    metadata: mergeMetadata(quote.metadata, input.metadata),
    subscription_data: data as Quote['subscription_data'],
    test_clock: world.testClockOf(input.customer ?? quote.customer),
  } as Partial<Quote>)
}

/** @throws {StripeError} 400 where it is no draft, or has no customer or lines. */
export function finalizeQuote(world: World, id: string, expiresAt: number | undefined): Quote {
  const quote = world.must('quote', id)
  if (quote.status !== 'draft') refuse(quote, 'finalize', 'draft')
  if (quote.customer === null) {
    throw invalidRequest('A quote must have a customer before it can be finalized.', {
      param: 'customer',
    })
  }
  if (world.must('~quote', id).lines.length === 0) {
    throw invalidRequest('A quote must have at least one line item before it can be finalized.', {
      param: 'line_items',
    })
  }
  const finalized = world.patch('quote', id, {
    expires_at: expiresAt ?? quote.expires_at,
    number: `QT-${world.random.text(8).toUpperCase()}-0001-1`,
    status: 'open',
    status_transitions: {
      ...quote.status_transitions,
      finalized_at: world.now(quote.customer),
    },
  })
  world.emit('quote.finalized', finalized)
  world.schedule(quote.customer, { at: finalized.expires_at, name: 'quote.expire', id })
  return finalized
}

/** @throws {StripeError} 400 where it is neither a draft nor open. */
export function cancelQuote(world: World, id: string): Quote {
  const quote = world.must('quote', id)
  if (quote.status !== 'draft' && quote.status !== 'open') refuse(quote, 'cancel', 'draft or open')
  world.unschedule(quote.customer, 'quote.expire', id)
  const canceled = world.patch('quote', id, {
    status: 'canceled',
    status_transitions: { ...quote.status_transitions, canceled_at: world.now(quote.customer) },
  })
  world.emit('quote.canceled', canceled)
  return canceled
}

/** Job: an open quote that nobody accepts by its time is canceled. */
export function expireQuote(world: World, id: string): void {
  if (world.get('quote', id)?.status === 'open') cancelQuote(world, id)
}

export function refuse(quote: Quote, verb: string, wanted: string): never {
  throw invalidRequest(
    `You cannot ${verb} a quote with status \`${quote.status}\`: it must be ${wanted}.`,
  )
}

function definedOf<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Partial<T>
}
