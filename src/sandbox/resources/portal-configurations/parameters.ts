import type { z } from 'zod'
import { clearable, count, flag, hash, list, oneOf, text } from '../../protocol/parameters.ts'

const proration = oneOf('always_invoice', 'create_prorations', 'none')

export const featuresParams = hash({
  customer_update: hash({
    allowed_updates: list(
      oneOf('address', 'email', 'name', 'phone', 'shipping', 'tax_id'),
    ).optional(),
    enabled: flag.optional(),
  }).optional(),
  invoice_history: hash({ enabled: flag }).optional(),
  payment_method_update: hash({
    enabled: flag,
    payment_method_configuration: clearable(text).optional(),
  }).optional(),
  subscription_cancel: hash({
    cancellation_reason: hash({
      enabled: flag,
      options: list(
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
    }).optional(),
    enabled: flag.optional(),
    mode: oneOf('at_period_end', 'immediately').optional(),
    proration_behavior: proration.optional(),
  }).optional(),
  subscription_pause: hash({
    duration: hash({
      interval_options: list(
        hash({
          interval: oneOf('day', 'week', 'month', 'year'),
          interval_count: count.optional(),
        }),
      ).optional(),
      type: oneOf('indefinite', 'interval_options'),
    }).optional(),
    enabled: flag.optional(),
  }).optional(),
  subscription_update: hash({
    billing_cycle_anchor: oneOf('now', 'unchanged').optional(),
    default_allowed_updates: list(oneOf('price', 'promotion_code', 'quantity')).optional(),
    enabled: flag.optional(),
    products: list(
      hash({
        adjustable_quantity: hash({
          enabled: flag,
          maximum: count.optional(),
          minimum: count.optional(),
        }).optional(),
        prices: list(text),
        product: text,
      }),
    ).optional(),
    proration_behavior: proration.optional(),
    schedule_at_period_end: hash({
      conditions: list(
        hash({ type: oneOf('decreasing_item_amount', 'shortening_interval') }),
      ).optional(),
    }).optional(),
    trial_update_behavior: oneOf('continue_trial', 'end_trial').optional(),
  }).optional(),
})

export type FeatureParams = z.output<typeof featuresParams>

export const businessProfileParams = hash({
  headline: clearable(text).optional(),
  privacy_policy_url: clearable(text).optional(),
  terms_of_service_url: clearable(text).optional(),
})
