import type { LineDiscountInput } from './discount-input.ts'

/** A price of one's own for one item, made on the way (Stripe's `price_data`). */
export interface PriceData {
  readonly currency: string
  readonly product: string
  readonly recurring?:
    | {
        readonly interval: 'day' | 'week' | 'month' | 'year'
        readonly interval_count?: number | undefined
      }
    | undefined
  readonly tax_behavior?: 'exclusive' | 'inclusive' | 'unspecified' | undefined
  readonly unit_amount?: number | undefined
  readonly unit_amount_decimal?: string | undefined
}

/** One item to have; in an update with `id` one to change, or with `deleted` one to drop. */
export interface ItemInput {
  readonly id?: string | undefined
  readonly deleted?: boolean | undefined
  readonly clear_usage?: boolean | undefined
  /** For new subscriptions: the offer gives the price. */
  readonly current_trial?: { readonly trial_offer: string } | undefined
  readonly price?: string | undefined
  readonly plan?: string | undefined
  readonly price_data?: PriceData | undefined
  readonly quantity?: number | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly tax_rates?: readonly string[] | null | undefined
  readonly discounts?: readonly LineDiscountInput[] | null | undefined
}

/** A one-time price billed with the next invoice. */
export interface AddInvoiceItemInput {
  readonly price?: string | undefined
  readonly price_data?: PriceData | undefined
  readonly quantity?: number | undefined
  readonly discountable?: boolean | undefined
  readonly discounts?: readonly LineDiscountInput[] | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly tax_rates?: readonly string[] | null | undefined
  readonly period?:
    | {
        readonly start: {
          readonly type: 'max_item_period_start' | 'now' | 'timestamp' | 'phase_start'
          readonly timestamp?: number | undefined
        }
        readonly end: {
          readonly type: 'min_item_period_end' | 'timestamp' | 'phase_end'
          readonly timestamp?: number | undefined
        }
      }
    | undefined
}

export type PaymentBehavior =
  'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete' | 'pending_if_incomplete'
export type ProrationBehavior = 'always_invoice' | 'create_prorations' | 'none'
export type CancelAt = number | 'min_period_end' | 'max_period_end' | 'max_billed_until'

/** What creating and updating have in common, under Stripe's own names. Times in Unix seconds. */
interface CommonInput {
  readonly add_invoice_items?: readonly AddInvoiceItemInput[] | undefined
  readonly automatic_tax?: { readonly enabled: boolean } | undefined
  readonly billing_thresholds?: BillingThresholdsInput | null | undefined
  readonly cancel_at_period_end?: boolean | undefined
  readonly collection_method?: 'charge_automatically' | 'send_invoice' | undefined
  readonly days_until_due?: number | undefined
  readonly default_payment_method?: string | undefined
  readonly default_source?: string | null | undefined
  readonly default_tax_rates?: readonly string[] | null | undefined
  readonly description?: string | null | undefined
  readonly discounts?: readonly LineDiscountInput[] | null | undefined
  readonly invoice_settings?: InvoiceSettingsInput | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
  readonly off_session?: boolean | undefined
  readonly payment_behavior?: PaymentBehavior | undefined
  readonly payment_settings?: PaymentSettingsInput | undefined
  readonly proration_behavior?: ProrationBehavior | undefined
  readonly trial_end?: number | 'now' | undefined
  readonly trial_from_plan?: boolean | undefined
  readonly trial_settings?:
    | {
        readonly end_behavior: {
          readonly missing_payment_method?: 'cancel' | 'create_invoice' | 'pause' | undefined
          readonly billing_cycle_anchor?: 'now' | 'unchanged' | undefined
        }
      }
    | undefined
}

export interface BillingThresholdsInput {
  /** Minor units. */
  readonly amount_gte?: number | undefined
  readonly reset_billing_cycle_anchor?: boolean | undefined
}

export interface InvoiceSettingsInput {
  readonly custom_fields?:
    readonly { readonly name: string; readonly value: string }[] | null | undefined
  readonly description?: string | null | undefined
  readonly footer?: string | null | undefined
}

export interface PaymentSettingsInput {
  readonly payment_method_options?: Readonly<Record<string, unknown>> | undefined
  readonly payment_method_types?: readonly string[] | null | undefined
  readonly save_default_payment_method?: 'off' | 'on_subscription' | undefined
}

export interface SubscriptionInput extends CommonInput {
  readonly customer: string
  readonly items: readonly ItemInput[]
  readonly backdate_start_date?: number | undefined
  readonly billing_cycle_anchor?: number | undefined
  readonly billing_cycle_anchor_config?:
    | {
        readonly day_of_month: number
        readonly month?: number | undefined
        readonly hour?: number | undefined
        readonly minute?: number | undefined
        readonly second?: number | undefined
      }
    | undefined
  /** Absent: flexible, the default since 2025-09-30.clover. */
  readonly billing_mode?: BillingModeInput | undefined
  readonly cancel_at?: CancelAt | undefined
  readonly currency?: string | undefined
  readonly trial_period_days?: number | undefined
  /**
   * The payment intent, succeeded or processing, that has paid the first invoice already: Checkout
   * takes the money first (stripe-facts rows 1, 21). The subscription is born active.
   */
  readonly paidBy?: string | undefined
  /** The first invoice starts as a draft that Stripe finalises later, and the subscription active (row 72). */
  readonly firstInvoice?: 'draft' | undefined
  /** A setup intent for a subscription that begins with nothing to pay and nothing to charge. */
  readonly pendingSetup?: boolean | undefined
  /** The schedule that starts it. */
  readonly schedule?: string | undefined
}

export interface BillingModeInput {
  readonly type: 'classic' | 'flexible'
  readonly flexible?:
    { readonly proration_discounts?: 'included' | 'itemized' | undefined } | undefined
}

export interface SubscriptionUpdate extends CommonInput {
  readonly items?: readonly ItemInput[] | undefined
  readonly billing_cycle_anchor?: 'now' | 'unchanged' | undefined
  readonly cancel_at?: CancelAt | null | undefined
  readonly cancellation_details?: CancellationDetailsInput | undefined
  readonly pause_collection?:
    | {
        readonly behavior: 'keep_as_draft' | 'mark_uncollectible' | 'void'
        readonly resumes_at?: number | undefined
      }
    | null
    | undefined
  readonly proration_date?: number | undefined
}

export type Feedback =
  | 'customer_service'
  | 'low_quality'
  | 'missing_features'
  | 'other'
  | 'switched_service'
  | 'too_complex'
  | 'too_expensive'
  | 'unused'

export interface CancellationDetailsInput {
  readonly comment?: string | null | undefined
  readonly feedback?: Feedback | null | undefined
}

export interface SubscriptionCancel {
  readonly reason: 'cancellation_requested' | 'payment_disputed' | 'payment_failed' | null
  readonly feedback?: Feedback | null | undefined
  readonly comment?: string | null | undefined
  /** A final invoice for metered usage and pending items. */
  readonly invoiceNow?: boolean | undefined
  /** A credit for the time paid for and not used. */
  readonly prorate?: boolean | undefined
}
