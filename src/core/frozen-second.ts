import type { Facts } from './facts.ts'

/**
 * Unix seconds shown by the test clock that an object or its customer is on; null: on none, or on
 * one not heard of. Stripe bills such a customer by that clock alone (row 96).
 */
export function frozenSecond(
  facts: Facts,
  own: string | null,
  customer: string | null,
): number | null {
  const clock = own ?? facts.customers.get(customer ?? '')?.state.testClock ?? null
  return clock === null ? null : (facts.testClocks.get(clock)?.state.frozenTime ?? null)
}
