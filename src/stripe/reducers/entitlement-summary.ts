import type { EntitlementSummaryState } from '../../core/fact.ts'
import type { Fields } from '../fields.ts'
import { idSet } from './owner.ts'

/** The webhook's summary (`entitlements`, at most ten) or our own read of the whole list (`data`). */
export function reduceEntitlementSummary(fields: Fields): EntitlementSummaryState {
  const list = fields.list('entitlements')
  const entries = list?.entries ?? fields.list('data')?.entries ?? []
  return {
    lookupKeys: idSet(entries.map((entry) => entry.text('lookup_key'))),
    hasMore: list?.hasMore ?? fields.flag('has_more') ?? false,
  }
}
