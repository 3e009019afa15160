import type { World } from '../../world/world.ts'
import { dropDiscount } from './customer-discount.ts'

/**
 * Deletes a customer. Its live subscriptions end first, by signal (stripe-facts row 89:
 * `customer.subscription.deleted` for each, and `customer.deleted`).
 */
export function deleteCustomer(world: World, id: string): void {
  world.signal('customer.deleting', { id })
  dropDiscount(world, id)
  const customer = world.must('customer', id)
  world.emit('customer.deleted', customer)
  world.remove('customer', id)
}
