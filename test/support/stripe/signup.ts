import type { Account } from './account.ts'
import { CheckoutSession } from './checkout.ts'
import { Invoice, type InvoiceFields } from './invoice.ts'
import { itemLine, type Line } from './invoice-line.ts'
import { Subscription, type SubscriptionChanges, type SubscriptionFields } from './subscription.ts'

export interface Signup {
  session: CheckoutSession
  subscription: Subscription
  invoice: Invoice
}

export interface SignupFields extends SubscriptionFields {
  clientReferenceId?: string
  sessionMetadata?: Record<string, string>
  /** Other lines of the first invoice, such as a one-time set-up fee. */
  extraLines?: readonly Line[]
  /** A coupon of 100 %. */
  isFree?: boolean
}

/** The first invoice of a subscription: every licensed item for its first period. */
export function firstInvoice(
  subscription: Subscription,
  fields: Partial<Pick<InvoiceFields, 'balance'>> & { lines?: readonly Line[] } = {},
): Invoice {
  const invoice = new Invoice(subscription.account, {
    customer: subscription.customer,
    subscription,
    reason: 'subscription_create',
    lines: fields.lines ?? periodLines(subscription),
    ...(fields.balance === undefined ? {} : { balance: fields.balance }),
  })
  subscription.set({ latestInvoice: invoice.id })
  return invoice
}

/** One line per item and current period; nothing for a trial, nothing in advance for usage. */
export function periodLines(subscription: Subscription): Line[] {
  const isTrial = subscription.state.status === 'trialing'
  return subscription.state.items
    .filter((item) => !item.price.isMetered)
    .map((item) => itemLine(item, isTrial ? { amount: 0 } : {}))
}

function open(account: Account, fields: SignupFields): Signup {
  const session = new CheckoutSession(account, {
    mode: 'subscription',
    customer: fields.customer,
    items: fields.items,
    ...(fields.clientReferenceId === undefined
      ? {}
      : { clientReferenceId: fields.clientReferenceId }),
    ...(fields.sessionMetadata === undefined ? {} : { metadata: fields.sessionMetadata }),
  })
  const subscription = new Subscription(account, fields)
  const lines = periodLines(subscription).map((line) =>
    fields.isFree ? { ...line, amount: 0 } : line,
  )
  const invoice = firstInvoice(subscription, { lines: [...lines, ...(fields.extraLines ?? [])] })
  session.subscription = subscription.id
  session.invoice = invoice.id
  session.amountTotal = invoice.amountDue
  return { session, subscription, invoice }
}

/**
 * A card pays at Checkout. `basil` follows capture L1: the subscription is born active after the
 * payment; `legacy` follows L6: it is born incomplete and turns active in the same second.
 */
export function subscribeByCard(account: Account, fields: SignupFields): Signup {
  const signup = open(account, fields)
  const { session, subscription, invoice } = signup
  const paymentStatus = invoice.amountDue === 0 ? 'no_payment_required' : 'paid'
  if (account.shape === 'basil') {
    fields.customer.attachCard().update({ defaultPaymentMethod: 'pm_card' })
    session.complete(paymentStatus)
    subscription.emit('customer.subscription.created')
    account.wait(1)
    invoice.draft().finalize().pay()
    return signup
  }
  const status = subscription.state.status
  subscription.set({ status: 'incomplete' })
  subscription.emit('customer.subscription.created')
  invoice.draft().finalize().pay()
  fields.customer.attachCard().update({ defaultPaymentMethod: 'pm_card' })
  subscription.update({ status })
  account.wait(1)
  session.complete(paymentStatus)
  return signup
}

/** A trial begins at Checkout: nothing is charged, a $0 invoice is paid at once (stripe-facts row 9). */
export function startTrial(account: Account, fields: SignupFields & { trialEnd: number }): Signup {
  const signup = open(account, fields)
  signup.session.complete(signup.invoice.amountDue === 0 ? 'no_payment_required' : 'paid')
  signup.invoice.draft().finalize().pay()
  signup.subscription.emit('customer.subscription.created')
  return signup
}

/** A bank debit at Checkout: complete but unpaid, and the subscription says active (row 21). */
export function subscribeByDebit(account: Account, fields: SignupFields): Signup {
  const signup = open(account, fields)
  signup.session.complete('unpaid')
  signup.subscription.emit('customer.subscription.created')
  signup.invoice.draft().finalize().process()
  return signup
}

/** The debit of a signup settles. */
export function settleDebit({ session, invoice }: Signup): void {
  invoice.intent().settle()
  invoice.settle()
  session.succeedLater()
}

/** Made through the API with a card on file; no Checkout. */
export function createByCard(
  account: Account,
  fields: SubscriptionFields,
): Omit<Signup, 'session'> {
  const subscription = new Subscription(account, fields)
  const invoice = firstInvoice(subscription)
  subscription.emit('customer.subscription.created')
  invoice.draft().finalize().pay()
  return { subscription, invoice }
}

/**
 * A period begins: the subscription moves on at once, its invoice is a draft for an hour
 * (stripe-facts row 40).
 */
export function renew(
  subscription: Subscription,
  fields: { changes?: SubscriptionChanges; lines?: readonly Line[] } = {},
): Invoice {
  const items = subscription.nextItems()
  const invoice = new Invoice(subscription.account, {
    customer: subscription.customer,
    subscription,
    reason: 'subscription_cycle',
    lines:
      fields.lines ?? items.filter((item) => !item.price.isMetered).map((item) => itemLine(item)),
  })
  subscription.update({ items, latestInvoice: invoice.id, ...fields.changes })
  return invoice.draft()
}

/** An invoice for a change in mid-period, such as more seats. */
export function changeInvoice(subscription: Subscription, lines: readonly Line[]): Invoice {
  const invoice = new Invoice(subscription.account, {
    customer: subscription.customer,
    subscription,
    reason: 'subscription_update',
    lines,
  })
  subscription.set({ latestInvoice: invoice.id })
  return invoice
}
