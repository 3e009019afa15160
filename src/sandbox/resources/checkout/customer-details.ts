import type { CheckoutSession } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import type { CustomerDetailsInput } from './terms.ts'

/** What the session tells of its buyer: what was typed in, else what was known before. */
export function customerDetails(
  world: World,
  known: { readonly customer?: string | undefined; readonly customer_email?: string | undefined },
  given: CustomerDetailsInput,
): CheckoutSession['customer_details'] {
  const customer = world.get('customer', known.customer)
  // The page shows an address that is known, and lets nobody change it.
  const email = known.customer_email ?? customer?.email ?? given.email ?? null
  const name = given.name ?? customer?.name ?? null
  if (email === null && name === null && customer === undefined) return null
  return {
    address: given.address ?? null,
    business_name: null,
    email,
    individual_name: null,
    name,
    phone: given.phone ?? customer?.phone ?? null,
    tax_exempt: customer?.tax_exempt ?? 'none',
    tax_ids: [],
  }
}
