import type { FactType } from '../core/fact.ts'

/** The `object` field of a Stripe payload → the fact we keep of it. Never a manual grant. */
const FACT_OF_OBJECT: ReadonlyMap<string, FactType> = new Map([
  ['customer', 'customer'],
  ['checkout.session', 'checkout_session'],
  ['subscription', 'subscription'],
  ['invoice', 'invoice'],
  ['invoice_payment', 'invoice_payment'],
  ['payment_intent', 'payment_intent'],
  ['charge', 'charge'],
  ['refund', 'refund'],
  ['dispute', 'dispute'],
  ['setup_intent', 'setup_intent'],
  ['product', 'product'],
  ['price', 'price'],
  ['plan', 'price'],
  ['entitlements.active_entitlement_summary', 'entitlement_summary'],
  ['test_helpers.test_clock', 'test_clock'],
])

const FACT_EVENT = new RegExp(
  '^(customer(\\.subscription)?|checkout\\.session|invoice(_payment)?|payment_intent|setup_intent|' +
    'charge(\\.dispute|\\.refund)?|refund|product|price|plan|' +
    'entitlements\\.active_entitlement_summary|test_helpers\\.test_clock)\\.[a-z_]+$',
)

/** undefined: an object of which we keep no fact. */
export function factTypeOfObject(name: unknown): FactType | undefined {
  return typeof name === 'string' ? FACT_OF_OBJECT.get(name) : undefined
}

/** True for event types whose `data.object` is an object of which we keep a fact. */
export function isFactEvent(eventType: string): boolean {
  return FACT_EVENT.test(eventType)
}
