import {
  Account,
  Customer,
  DAY,
  HOUR,
  renew,
  subscribeByCard,
  type Signup,
} from '../../test/support/stripe/index.ts'
import { PRO } from '../../test/support/stories/catalogs.ts'

/** Ids of the nth customer who bought before the load begins carry this; ten characters. */
export function buyerPrefix(number: number): string {
  return `b${String(number).padStart(9, '0')}`
}

/** The app's own id of a customer whose Stripe ids carry a prefix. */
export function appCustomer(prefix: string): string {
  return `app_${prefix}`
}

export interface Bought {
  account: Account
  signup: Signup
}

/**
 * A whole purchase as Stripe tells it: a card pays for a subscription at Checkout, 12 events; then
 * any number of months, 9 events each.
 */
export function buy(prefix: string, start: number, renewals = 0): Bought {
  const account = new Account({ shape: 'basil', prefix, start })
  const metadata = { customer_id: appCustomer(prefix) }
  const customer = new Customer(account, { metadata })
  const signup = subscribeByCard(account, {
    customer,
    items: [{ price: PRO, quantity: 5 }],
    metadata,
  })
  for (let month = 0; month < renewals; month += 1) {
    account.until(signup.subscription.periodEnd)
    const invoice = renew(signup.subscription)
    account.wait(HOUR)
    invoice.finalize().pay()
  }
  return { account, signup }
}

/** When a customer bought who has renewed so often and is twenty days into the month paid last. */
export function startOf(renewals: number, now: number): number {
  const start = new Date((now - 20 * DAY) * 1000)
  start.setUTCMonth(start.getUTCMonth() - renewals)
  return Math.floor(start.getTime() / 1000)
}
