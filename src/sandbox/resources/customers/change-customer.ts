import type { Customer } from '../../tables.ts'
import type { World } from '../../world/world.ts'

/** Replaces fields and emits `customer.updated` where anything changed. */
export function changeCustomer(world: World, id: string, fields: Partial<Customer>): Customer {
  return world.change('customer', id, fields, 'customer.updated')
}
