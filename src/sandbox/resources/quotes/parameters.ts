import type { z } from 'zod'
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
} from '../../protocol/parameters.ts'
import { billingMode, discountList } from '../subscriptions/parameters.ts'

const lineItem = hash({
  discounts: discountList.optional(),
  price: text.optional(),
  price_data: hash({
    currency,
    product: text,
    recurring: hash({
      interval: oneOf('day', 'month', 'week', 'year'),
      interval_count: count.optional(),
    }).optional(),
    tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified').optional(),
    unit_amount: count.optional(),
    unit_amount_decimal: decimal.optional(),
  }).optional(),
  quantity: count.optional(),
  tax_rates: clearable(list(text)).optional(),
})

const common = {
  automatic_tax: hash({ enabled: flag }).optional(),
  collection_method: oneOf('charge_automatically', 'send_invoice').optional(),
  customer: text.optional(),
  default_tax_rates: clearable(list(text)).optional(),
  description: clearable(text).optional(),
  discounts: discountList.optional(),
  expires_at: timestamp.optional(),
  footer: clearable(text).optional(),
  header: clearable(text).optional(),
  invoice_settings: hash({
    days_until_due: count.optional(),
    description: clearable(text).optional(),
    footer: clearable(text).optional(),
  }).optional(),
  line_items: list(lineItem).optional(),
  metadata: metadata.optional(),
}

const subscriptionData = {
  description: clearable(text).optional(),
  // `current_period_end` is for quotes that change a subscription, which these cannot.
  effective_date: clearable(timestamp).optional(),
  metadata: metadata.optional(),
  trial_period_days: clearable(count).optional(),
}

export const createQuoteParameters = hash({
  ...common,
  from_quote: hash({ is_revision: flag.optional(), quote: text }).optional(),
  subscription_data: hash({ ...subscriptionData, billing_mode: billingMode.optional() }).optional(),
  test_clock: text.optional(),
})

export const updateQuoteParameters = hash({
  ...common,
  subscription_data: hash(subscriptionData).optional(),
})

export type QuoteInput = z.output<typeof createQuoteParameters>
export type QuoteUpdate = z.output<typeof updateQuoteParameters>
