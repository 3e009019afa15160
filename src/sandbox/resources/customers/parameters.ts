import {
  clearable,
  count,
  hash,
  integer,
  list,
  metadata,
  oneOf,
  text,
} from '../../protocol/parameters.ts'

const field = clearable(text).optional()

const addressShape = hash({
  city: field,
  country: field,
  line1: field,
  line2: field,
  postal_code: field,
  state: field,
})

/** An address with every part that Stripe shows, null where not given. */
export const address = addressShape.transform((given) => ({
  city: given.city ?? null,
  country: given.country ?? null,
  line1: given.line1 ?? null,
  line2: given.line2 ?? null,
  postal_code: given.postal_code ?? null,
  state: given.state ?? null,
}))

export const shipping = hash({ address, name: text, phone: text.optional() }).transform(
  ({ phone, ...given }) => ({
    ...given,
    carrier: null,
    phone: phone ?? null,
    tracking_number: null,
  }),
)

/** What both the creation and the update of a customer take. */
export const customerParameters = {
  address: clearable(address).optional(),
  balance: integer.optional(),
  business_name: field,
  description: field,
  email: field,
  individual_name: field,
  invoice_prefix: text.optional(),
  invoice_settings: hash({
    custom_fields: clearable(list(hash({ name: text, value: text }))).optional(),
    default_payment_method: field,
    footer: field,
    rendering_options: clearable(
      hash({
        amount_tax_display: clearable(oneOf('exclude_tax', 'include_inclusive_tax')).optional(),
        template: text.optional(),
      }),
    ).optional(),
  }).optional(),
  metadata: metadata.optional(),
  name: field,
  next_invoice_sequence: count.optional(),
  phone: field,
  preferred_locales: list(text).optional(),
  shipping: clearable(shipping).optional(),
  source: text.optional(),
  tax_exempt: clearable(oneOf('exempt', 'none', 'reverse')).optional(),
  '~coupon': field,
  '~promotion_code': field,
}

/** Older versions give a customer its discount by `coupon` or `promotion_code`; the current has no way. */
export function withLegacyDiscount({
  coupon,
  promotion_code: code,
  ...params
}: Record<string, unknown>): Record<string, unknown> {
  return {
    ...params,
    ...(coupon === undefined ? {} : { '~coupon': coupon }),
    ...(code === undefined ? {} : { '~promotion_code': code }),
  }
}
