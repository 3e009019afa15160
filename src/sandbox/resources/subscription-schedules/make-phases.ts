import type { z } from 'zod'
import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Price, SubscriptionSchedule } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { step } from '../subscriptions/calendar.ts'
import { taxRates } from '../subscriptions/make-item.ts'
import { chosenPrice, isMetered, recurrenceOf } from '../subscriptions/prices-for.ts'
import type { createSchedule, updateSchedule } from './parameters.ts'

export type Phase = SubscriptionSchedule['phases'][number]
export type PhaseInput =
  | NonNullable<z.output<typeof createSchedule>['phases']>[number]
  | NonNullable<z.output<typeof updateSchedule>['phases']>[number]

/**
 * Phases one after the other from `start` (Unix seconds), each as long as it says, or one interval.
 * @throws {StripeError} 400 where one ends before it starts or names a price that cannot be billed.
 */
export function makePhases(
  world: World,
  inputs: readonly PhaseInput[],
  start: number,
  now: number,
): Phase[] {
  if (inputs.length === 0) {
    throw invalidRequest('You must specify at least one phase.', { param: 'phases' })
  }
  let from = start
  return inputs.map((input, at) => {
    const phase = makePhase(world, input, { from, now, param: `phases[${String(at)}]` })
    from = phase.end_date
    return phase
  })
}

function makePhase(
  world: World,
  input: PhaseInput,
  { from, now, param }: { readonly from: number; readonly now: number; readonly param: string },
): Phase {
  if (input.items.length === 0) {
    throw invalidRequest('A phase must have at least one item.', { param: `${param}[items]` })
  }
  const prices = input.items.map((item, at) =>
    chosenPrice(world, item, { type: 'recurring', param: `${param}[items][${String(at)}]` }),
  )
  const end = endOf(input, prices, from, now)
  if (end <= from) {
    throw invalidRequest('The end date of a phase must be after its start date.', {
      param: `${param}[end_date]`,
    })
  }
  const trialEnd = input.trial === true ? end : input.trial_end === 'now' ? now : input.trial_end
  return {
    add_invoice_items: (input.add_invoice_items ?? []).map((item, at) => ({
      discountable: item.discountable ?? null,
      discounts: (item.discounts ?? []).map(discountOf),
      metadata: item.metadata ?? null,
      period: {
        end: { type: item.period?.end.type ?? 'min_item_period_end' },
        start: { type: 'max_item_period_start' },
      },
      price: chosenPrice(world, item, {
        type: 'one_time',
        param: `${param}[add_invoice_items][${String(at)}]`,
      }).id,
      quantity: item.quantity ?? 1,
      tax_rates: taxRates(world, item.tax_rates, `${param}[tax_rates]`) ?? [],
    })),
    application_fee_percent: null,
    billing_cycle_anchor: input.billing_cycle_anchor ?? null,
    billing_thresholds: null,
    collection_method: input.collection_method ?? null,
    currency: input.currency ?? prices[0]?.currency ?? 'usd',
    default_payment_method: input.default_payment_method ?? null,
    default_tax_rates: taxRates(world, input.default_tax_rates, `${param}[tax_rates]`) ?? [],
    description: input.description ?? null,
    discounts: (input.discounts ?? []).map(discountOf),
    end_date: end,
    invoice_settings:
      input.invoice_settings === undefined
        ? null
        : {
            account_tax_ids: null,
            custom_fields: null,
            days_until_due: input.invoice_settings.days_until_due ?? null,
            description: input.invoice_settings.description ?? null,
            footer: input.invoice_settings.footer ?? null,
            issuer: null,
          },
    items: input.items.map((item, at) => {
      const price = prices[at] as Price
      return {
        billing_thresholds: null,
        discounts: (item.discounts ?? []).map(discountOf),
        metadata: item.metadata ?? {},
        plan: price.id,
        price: price.id,
        ...(isMetered(price) ? {} : { quantity: item.quantity ?? 1 }),
        tax_rates: taxRates(world, item.tax_rates, `${param}[tax_rates]`) ?? [],
      }
    }),
    metadata: input.metadata ?? {},
    on_behalf_of: null,
    proration_behavior: input.proration_behavior ?? 'create_prorations',
    start_date: from,
    transfer_data: null,
    trial_end: trialEnd ?? null,
  }
}

function endOf(input: PhaseInput, prices: readonly Price[], from: number, now: number): number {
  if (input.end_date === 'now') return now
  if (input.end_date !== undefined) return input.end_date
  const { duration } = input
  if (duration !== undefined && 'interval' in duration) {
    const recurrence = {
      interval: duration.interval,
      interval_count: duration.interval_count ?? 1,
    }
    return step(from, recurrence, 1)
  }
  const count = duration === undefined ? 1 : duration.iterations
  return Math.max(...prices.map((price) => step(from, recurrenceOf(price), count)))
}

function discountOf(discount: {
  readonly coupon?: string | undefined
  readonly discount?: string | undefined
  readonly promotion_code?: string | undefined
}) {
  return {
    coupon: discount.coupon ?? null,
    discount: discount.discount ?? null,
    promotion_code: discount.promotion_code ?? null,
  }
}
