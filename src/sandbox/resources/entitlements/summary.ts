import type { ActiveEntitlement, EntitlementSummary } from '../../tables.ts'

/** Ten at most: who has more asks the list (stripe-facts row 92). */
const MOST = 10

/**
 * `url` is as Stripe's published payloads have it, though the API documents no such path: the list
 * is read at `/v1/entitlements/active_entitlements`.
 */
export function summaryOf(
  customer: string,
  entitlements: readonly ActiveEntitlement[],
): EntitlementSummary {
  return {
    object: 'entitlements.active_entitlement_summary',
    customer,
    entitlements: {
      object: 'list',
      data: entitlements.slice(0, MOST),
      has_more: entitlements.length > MOST,
      url: `/v1/customer/${customer}/entitlements`,
    },
    livemode: false,
  }
}
