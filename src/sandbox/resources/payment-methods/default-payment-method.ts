import type { World } from '../../world/world.ts'

/** What the customer's invoices are paid by where they say nothing else, or null. */
export function defaultPaymentMethod(world: World, customer: string): string | null {
  const owner = world.get('customer', customer)
  if (owner === undefined) return null
  return owner.invoice_settings.default_payment_method ?? owner.default_source ?? null
}
