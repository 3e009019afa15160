import { z } from 'zod'
import {
  clearable,
  count,
  currency,
  decimal,
  flag,
  hash,
  list,
  metadata,
  oneOf,
  text,
  timestamp,
  timestampOrNow,
} from '../../protocol/parameters.ts'
import { invoiceMethodType } from '../payment-methods/named-method-types.ts'

/** What POSTs about subscriptions, their items, schedules and quotes have in common. */

export const priceData = hash({
  currency,
  product: text,
  recurring: hash({
    interval: oneOf('day', 'month', 'week', 'year'),
    interval_count: count.optional(),
  }),
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified').optional(),
  unit_amount: count.optional(),
  unit_amount_decimal: decimal.optional(),
})

export const oneTimePriceData = hash({
  currency,
  product: text,
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified').optional(),
  unit_amount: count.optional(),
  unit_amount_decimal: decimal.optional(),
})

export const discountList = clearable(
  list(
    hash({
      coupon: text.optional(),
      discount: text.optional(),
      promotion_code: text.optional(),
    }),
  ),
)

export const newItem = {
  discounts: discountList.optional(),
  metadata: metadata.optional(),
  plan: text.optional(),
  price: text.optional(),
  price_data: priceData.optional(),
  quantity: count.optional(),
  tax_rates: clearable(list(text)).optional(),
}

export const addInvoiceItem = hash({
  discountable: flag.optional(),
  discounts: list(
    hash({
      coupon: text.optional(),
      discount: text.optional(),
      promotion_code: text.optional(),
    }),
  ).optional(),
  metadata: metadata.optional(),
  period: hash({
    end: hash({ timestamp: timestamp.optional(), type: oneOf('min_item_period_end', 'timestamp') }),
    start: hash({
      timestamp: timestamp.optional(),
      type: oneOf('max_item_period_start', 'now', 'timestamp'),
    }),
  }).optional(),
  price: text.optional(),
  price_data: oneTimePriceData.optional(),
  quantity: count.optional(),
  tax_rates: clearable(list(text)).optional(),
})

export const billingMode = hash({
  flexible: hash({ proration_discounts: oneOf('included', 'itemized').optional() }).optional(),
  type: oneOf('classic', 'flexible'),
})

const cancelAt = z.union([oneOf('max_billed_until', 'max_period_end', 'min_period_end'), timestamp])

const prorationBehavior = oneOf('always_invoice', 'create_prorations', 'none')

/** Taken and kept nowhere: how a payment method asks its holder cannot matter offline. */
const paymentMethodOptions = z.record(z.string(), z.unknown())

export const paymentSettings = hash({
  payment_method_options: paymentMethodOptions.optional(),
  payment_method_types: clearable(list(invoiceMethodType)).optional(),
  save_default_payment_method: oneOf('off', 'on_subscription').optional(),
})

export const cancellationDetails = hash({
  comment: clearable(text).optional(),
  feedback: clearable(
    oneOf(
      'customer_service',
      'low_quality',
      'missing_features',
      'other',
      'switched_service',
      'too_complex',
      'too_expensive',
      'unused',
    ),
  ).optional(),
})

const billingThresholds = hash({
  amount_gte: count.optional(),
  reset_billing_cycle_anchor: flag.optional(),
})

export const common = {
  add_invoice_items: list(addInvoiceItem).optional(),
  automatic_tax: hash({ enabled: flag }).optional(),
  billing_thresholds: clearable(billingThresholds).optional(),
  cancel_at_period_end: flag.optional(),
  collection_method: oneOf('charge_automatically', 'send_invoice').optional(),
  days_until_due: count.optional(),
  default_payment_method: text.optional(),
  default_source: clearable(text).optional(),
  default_tax_rates: clearable(list(text)).optional(),
  description: clearable(text).optional(),
  discounts: discountList.optional(),
  invoice_settings: hash({
    custom_fields: clearable(list(hash({ name: text, value: text }))).optional(),
    description: clearable(text).optional(),
    footer: clearable(text).optional(),
    issuer: hash({ type: oneOf('self') }).optional(),
  }).optional(),
  metadata: metadata.optional(),
  off_session: flag.optional(),
  payment_behavior: oneOf(
    'allow_incomplete',
    'default_incomplete',
    'error_if_incomplete',
    'pending_if_incomplete',
  ).optional(),
  payment_settings: paymentSettings.optional(),
  proration_behavior: prorationBehavior.optional(),
  trial_end: timestampOrNow.optional(),
  trial_from_plan: flag.optional(),
  trial_settings: hash({
    end_behavior: hash({
      billing_cycle_anchor: oneOf('now', 'unchanged').optional(),
      missing_payment_method: oneOf('cancel', 'create_invoice', 'pause').optional(),
    }),
  }).optional(),
}

export const createParameters = hash({
  ...common,
  backdate_start_date: timestamp.optional(),
  billing_cycle_anchor: timestamp.optional(),
  billing_cycle_anchor_config: hash({
    day_of_month: count,
    hour: count.optional(),
    minute: count.optional(),
    month: count.optional(),
    second: count.optional(),
  }).optional(),
  billing_mode: billingMode.optional(),
  cancel_at: cancelAt.optional(),
  currency: currency.optional(),
  customer: text,
  items: list(hash({ ...newItem, current_trial: hash({ trial_offer: text }).optional() })),
  trial_period_days: count.optional(),
})

export const updateParameters = hash({
  ...common,
  billing_cycle_anchor: hash({ type: oneOf('now', 'unchanged') }).optional(),
  cancel_at: clearable(cancelAt).optional(),
  cancellation_details: cancellationDetails.optional(),
  items: list(
    hash({
      ...newItem,
      clear_usage: flag.optional(),
      deleted: flag.optional(),
      id: text.optional(),
    }),
  ).optional(),
  pause_collection: clearable(
    hash({
      behavior: oneOf('keep_as_draft', 'mark_uncollectible', 'void'),
      resumes_at: timestamp.optional(),
    }),
  ).optional(),
  proration_date: timestamp.optional(),
})
