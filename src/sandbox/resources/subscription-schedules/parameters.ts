import { z } from 'zod'
import {
  clearable,
  count,
  flag,
  hash,
  list,
  metadata,
  oneOf,
  text,
  timestamp,
  timestampOrNow,
  currency,
} from '../../protocol/parameters.ts'
import { addInvoiceItem, billingMode, discountList, newItem } from '../subscriptions/parameters.ts'

const invoiceSettings = hash({
  days_until_due: count.optional(),
  description: clearable(text).optional(),
  footer: clearable(text).optional(),
})

const prorationBehavior = oneOf('always_invoice', 'create_prorations', 'none')
const collectionMethod = oneOf('charge_automatically', 'send_invoice')

/** What `iterations` of older versions is read as: so many intervals of the phase's own price. */
const duration = z.union([
  hash({
    interval: oneOf('day', 'month', 'week', 'year'),
    interval_count: count.optional(),
  }),
  hash({ iterations: count }),
])

const phase = {
  add_invoice_items: list(addInvoiceItem).optional(),
  billing_cycle_anchor: oneOf('automatic', 'phase_start').optional(),
  collection_method: collectionMethod.optional(),
  currency: currency.optional(),
  default_payment_method: text.optional(),
  default_tax_rates: clearable(list(text)).optional(),
  description: clearable(text).optional(),
  discounts: discountList.optional(),
  duration: duration.optional(),
  end_date: timestamp.optional(),
  invoice_settings: invoiceSettings.optional(),
  items: list(hash(newItem)),
  metadata: metadata.optional(),
  proration_behavior: prorationBehavior.optional(),
  trial: flag.optional(),
  trial_end: timestamp.optional(),
}

const defaultSettings = hash({
  billing_cycle_anchor: oneOf('automatic', 'phase_start').optional(),
  collection_method: collectionMethod.optional(),
  default_payment_method: text.optional(),
  description: clearable(text).optional(),
  invoice_settings: invoiceSettings.optional(),
})

const endBehavior = oneOf('cancel', 'none', 'release', 'renew')

export const createSchedule = hash({
  billing_mode: billingMode.optional(),
  customer: text.optional(),
  default_settings: defaultSettings.optional(),
  end_behavior: endBehavior.optional(),
  from_subscription: text.optional(),
  metadata: metadata.optional(),
  phases: list(hash(phase)).optional(),
  start_date: timestampOrNow.optional(),
})

export const updateSchedule = hash({
  default_settings: defaultSettings.optional(),
  end_behavior: endBehavior.optional(),
  metadata: metadata.optional(),
  phases: list(
    hash({
      ...phase,
      start_date: timestampOrNow.optional(),
      trial_end: timestampOrNow.optional(),
      end_date: timestampOrNow.optional(),
    }),
  ).optional(),
  proration_behavior: prorationBehavior.optional(),
})

/** Older names in phases: `iterations`, `plans`, and `coupon`. */
export function legacySchedule(params: Record<string, unknown>): Record<string, unknown> {
  const { phases } = params
  if (typeof phases !== 'object' || phases === null) return params
  return { ...params, phases: Object.values(phases).map(legacyPhase) }
}

function legacyPhase(given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given
  const { iterations, plans, coupon, ...rest } = given as Record<string, unknown>
  return {
    ...rest,
    ...(iterations === undefined ? {} : { duration: { iterations } }),
    ...(plans === undefined ? {} : { items: plans }),
    ...(coupon === undefined ? {} : { discounts: [{ coupon }] }),
  }
}
