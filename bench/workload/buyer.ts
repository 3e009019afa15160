import { Account, Customer, subscribeByCard, type Signup } from '../../test/support/stripe/index.ts'
import { PRO } from '../../test/support/stories/catalogs.ts'

/** Ids of the nth customer who bought before the load begins carry this; ten characters. */
export function buyerPrefix(number: number): string {
  return `b${String(number).padStart(9, '0')}`
}

/** The app's own id of a customer whose Stripe ids carry a prefix. */
export function appCustomer(prefix: string): string {
  return `app_${prefix}`
}

/** A whole purchase as Stripe tells it: a card pays for a subscription at Checkout, 12 events. */
export function buy(prefix: string, start: number): { account: Account; signup: Signup } {
  const account = new Account({ shape: 'basil', prefix, start })
  const metadata = { customer_id: appCustomer(prefix) }
  const customer = new Customer(account, { metadata })
  const signup = subscribeByCard(account, {
    customer,
    items: [{ price: PRO, quantity: 5 }],
    metadata,
  })
  return { account, signup }
}
