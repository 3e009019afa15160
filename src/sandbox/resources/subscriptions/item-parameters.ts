import { flag, hash, text, timestamp } from '../../protocol/parameters.ts'
import { common, newItem } from './parameters.ts'

export const itemCreateParameters = hash({
  ...newItem,
  payment_behavior: common.payment_behavior,
  proration_behavior: common.proration_behavior,
  proration_date: timestamp.optional(),
  subscription: text,
})

export const itemUpdateParameters = hash({
  ...newItem,
  off_session: flag.optional(),
  payment_behavior: common.payment_behavior,
  proration_behavior: common.proration_behavior,
  proration_date: timestamp.optional(),
})

export const itemDeleteParameters = hash({
  clear_usage: flag.optional(),
  payment_behavior: common.payment_behavior,
  proration_behavior: common.proration_behavior,
  proration_date: timestamp.optional(),
})
