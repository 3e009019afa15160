import { missing } from '../../protocol/stripe-error.ts'
import type { CheckoutSession, Customer, PaymentMethod } from '../../tables.ts'
import type { World } from '../../world/world.ts'
import { changeCustomer } from '../customers/change-customer.ts'
import { createCustomer } from '../customers/create-customer.ts'
import type { CustomerDetailsInput } from './terms.ts'

/** What is known of the buyer: typed in, else brought along by the payment method. */
export function detailsOf(world: World, id: string, method?: PaymentMethod): CustomerDetailsInput {
  const { details } = world.must('~checkout', id)
  const billing = method?.billing_details
  return {
    email: details.email ?? billing?.email ?? null,
    name: details.name ?? billing?.name ?? null,
    phone: details.phone ?? billing?.phone ?? null,
    address: details.address ?? billing?.address ?? null,
  }
}

/** Whether the session has a customer in the end (stripe-facts row 32: a payment's guest has none). */
export function needsCustomer(world: World, session: CheckoutSession): boolean {
  const { input } = world.must('~checkout', session.id)
  return (
    session.mode === 'subscription' ||
    session.customer_creation === 'always' ||
    session.invoice_creation?.enabled === true ||
    input.payment_intent_data?.setup_future_usage !== undefined
  )
}

/**
 * The customer to charge: the session's, or one made at the first submission and kept for the next.
 * Null for a guest.
 * @throws {StripeError} 400 where the session's customer has been deleted since.
 */
export function buyerOf(world: World, id: string, method?: PaymentMethod): Customer | null {
  const session = world.must('checkout.session', id)
  const terms = world.must('~checkout', id)
  const known = world.get('customer', session.customer ?? terms.customer)
  if (known !== undefined) return known
  if (session.customer !== null) throw missing('customer', session.customer, 'customer', 400)
  if (!needsCustomer(world, session)) return null
  const { email, name, phone, address } = detailsOf(world, id, method)
  const customer = createCustomer(world, {
    email: session.customer_email ?? email,
    name,
    phone,
    address,
  })
  world.patch('~checkout', id, { customer: customer.id })
  return customer
}

/** What Checkout writes back to a customer it was given: an email it lacked, and what it may update. */
export function updateBuyer(world: World, id: string): void {
  const session = world.must('checkout.session', id)
  const { input } = world.must('~checkout', id)
  const customer = world.get('customer', session.customer)
  const told = session.customer_details
  if (customer === undefined || told === null || input.customer === undefined) return
  changeCustomer(world, customer.id, {
    ...(customer.email === null ? { email: told.email } : {}),
    ...(input.customer_update?.name === 'auto' && told.name !== null ? { name: told.name } : {}),
    ...(input.customer_update?.address === 'auto' && told.address !== null
      ? { address: told.address }
      : {}),
  })
}
