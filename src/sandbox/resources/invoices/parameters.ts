import {
  clearable,
  count,
  flag,
  hash,
  list,
  metadata,
  number,
  oneOf,
  text,
  timestamp,
} from '../../protocol/parameters.ts'
import { invoiceMethodType } from '../payment-methods/named-method-types.ts'

/** One way to name a discount. */
export const discountChoice = hash({
  coupon: text.optional(),
  discount: text.optional(),
  promotion_code: text.optional(),
})

const paymentSettings = hash({
  default_mandate: clearable(text).optional(),
  payment_method_options: hash({
    card: clearable(
      hash({ request_three_d_secure: oneOf('any', 'automatic', 'challenge').optional() }),
    ).optional(),
  }).optional(),
  payment_method_types: clearable(list(invoiceMethodType)).optional(),
})

/** What both the creation and the update of an invoice take. */
export const invoiceParameters = {
  auto_advance: flag.optional(),
  automatic_tax: hash({
    enabled: flag,
    liability: hash({ type: oneOf('self') }).optional(),
  }).optional(),
  automatically_finalizes_at: clearable(timestamp).optional(),
  collection_method: oneOf('charge_automatically', 'send_invoice').optional(),
  custom_fields: clearable(list(hash({ name: text, value: text }))).optional(),
  days_until_due: count.optional(),
  default_payment_method: clearable(text).optional(),
  default_source: clearable(text).optional(),
  default_tax_rates: clearable(list(text)).optional(),
  description: clearable(text).optional(),
  discounts: clearable(list(discountChoice)).optional(),
  due_date: timestamp.optional(),
  effective_at: clearable(timestamp).optional(),
  footer: clearable(text).optional(),
  issuer: hash({ type: oneOf('self') }).optional(),
  metadata: metadata.optional(),
  number: clearable(text).optional(),
  payment_settings: paymentSettings.optional(),
  rendering: hash({
    amount_tax_display: clearable(oneOf('exclude_tax', 'include_inclusive_tax')).optional(),
    pdf: hash({ page_size: oneOf('a4', 'auto', 'letter').optional() }).optional(),
    template: text.optional(),
    template_version: clearable(number).optional(),
  }).optional(),
  statement_descriptor: text.optional(),
}
