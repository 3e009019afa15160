import { invalidRequest } from '../../protocol/stripe-error.ts'
import type { Subscription, SubscriptionItem, TaxRate } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { CancelAt, SubscriptionInput, SubscriptionUpdate } from './subscription-input.ts'
import { itemList } from './change-subscription.ts'
import type { Terms } from './terms.ts'
import { billingThresholds } from './thresholds.ts'

/** The object as it is born; its first invoice is yet to come. */
export function newSubscription(
  world: World,
  input: SubscriptionInput,
  made: {
    readonly id: string
    readonly items: readonly SubscriptionItem[]
    readonly terms: Terms
    readonly currency: string
    readonly taxRates: readonly TaxRate[]
    readonly paymentMethod: string | null
  },
): Subscription {
  const { terms } = made
  const mode = input.billing_mode?.type ?? 'flexible'
  const config = input.billing_cycle_anchor_config
  return {
    id: made.id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: automaticTax(input.automatic_tax),
    billing_cycle_anchor: terms.anchor,
    billing_cycle_anchor_config:
      config === undefined
        ? null
        : {
            day_of_month: config.day_of_month,
            hour: config.hour ?? null,
            minute: config.minute ?? null,
            month: config.month ?? null,
            second: config.second ?? null,
          },
    billing_mode: {
      flexible:
        mode === 'classic'
          ? null
          : {
              proration_discounts: input.billing_mode?.flexible?.proration_discounts ?? 'included',
            },
      type: mode,
    },
    billing_schedules: [],
    billing_thresholds: billingThresholds(input.billing_thresholds, made.items),
    ...cancellationOf(input, made.items, terms.now),
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: input.collection_method ?? 'charge_automatically',
    created: terms.now,
    currency: made.currency,
    customer: input.customer,
    customer_account: null,
    days_until_due:
      input.collection_method === 'send_invoice' ? (input.days_until_due ?? null) : null,
    default_payment_method: made.paymentMethod,
    default_source: input.default_source ?? null,
    default_tax_rates: made.taxRates,
    description: input.description ?? null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: input.invoice_settings?.custom_fields ?? null,
      description: input.invoice_settings?.description ?? null,
      footer: input.invoice_settings?.footer ?? null,
      issuer: { type: 'self' },
    },
    items: itemList(made.id, made.items),
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: input.metadata ?? {},
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: paymentSettings(input.payment_settings),
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: input.schedule ?? null,
    start_date: terms.start,
    status: terms.trialEnd === null ? 'active' : 'trialing',
    test_clock: world.testClockOf(input.customer),
    transfer_data: null,
    trial_end: terms.trialEnd,
    trial_settings: trialSettings(input.trial_settings),
    trial_start: terms.trialEnd === null ? null : terms.now,
  }
}

export function automaticTax(
  tax: SubscriptionInput['automatic_tax'],
): Subscription['automatic_tax'] {
  const enabled = tax?.enabled ?? false
  return { disabled_reason: null, enabled, liability: enabled ? { type: 'self' } : null }
}

export function trialSettings(
  settings: SubscriptionInput['trial_settings'],
): NonNullable<Subscription['trial_settings']> {
  return {
    end_behavior: {
      billing_cycle_anchor: settings?.end_behavior.billing_cycle_anchor ?? null,
      missing_payment_method: settings?.end_behavior.missing_payment_method ?? 'create_invoice',
    },
  }
}

export function paymentSettings(
  settings: SubscriptionInput['payment_settings'],
  before?: Subscription['payment_settings'],
): Subscription['payment_settings'] {
  return {
    payment_method_options: before?.payment_method_options ?? null,
    payment_method_types:
      settings?.payment_method_types === undefined
        ? (before?.payment_method_types ?? null)
        : (settings.payment_method_types as NonNullable<
            Subscription['payment_settings']
          >['payment_method_types']),
    save_default_payment_method:
      settings?.save_default_payment_method ?? before?.save_default_payment_method ?? 'off',
  }
}

type Cancellation = Pick<Subscription, 'cancel_at' | 'cancel_at_period_end' | 'canceled_at'>

const NOT_CANCELING: Cancellation = {
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
}

/**
 * What asking for, or withdrawing, a cancellation to come makes of a subscription (stripe-facts rows
 * 61 and 62): `canceled_at` is when it was asked for.
 */
export function cancellationOf(
  input: Pick<SubscriptionUpdate, 'cancel_at' | 'cancel_at_period_end'>,
  items: readonly SubscriptionItem[],
  now: number,
): Cancellation {
  if (input.cancel_at_period_end === true && (input.cancel_at ?? null) !== null) {
    throw invalidRequest('You cannot set both `cancel_at_period_end` and `cancel_at`.', {
      param: 'cancel_at',
    })
  }
  if (input.cancel_at_period_end === true) {
    return { cancel_at: periodEnd(items), cancel_at_period_end: true, canceled_at: now }
  }
  if (input.cancel_at === undefined || input.cancel_at === null) return NOT_CANCELING
  const at = momentOf(input.cancel_at, items)
  if (at <= now) {
    throw invalidRequest('`cancel_at` must be a timestamp in the future.', { param: 'cancel_at' })
  }
  return { cancel_at: at, cancel_at_period_end: false, canceled_at: now }
}

function momentOf(at: CancelAt, items: readonly SubscriptionItem[]): number {
  if (typeof at === 'number') return at
  const ends = items.map((item) => item.current_period_end)
  return at === 'min_period_end' ? Math.min(...ends) : Math.max(...ends)
}

function periodEnd(items: readonly SubscriptionItem[]): number {
  return Math.max(...items.map((item) => item.current_period_end))
}
