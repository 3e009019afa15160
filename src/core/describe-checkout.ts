import { formatSecond } from './calendar.ts'
import { clean } from './canonical.ts'
import { METADATA_PRODUCT } from './bought.ts'
import { cover, paymentsOf, tell, type Telling } from './deed.ts'
import type { BoughtPrice, InvoiceLineState } from './fact.ts'
import { sessionStanding, type PurchaseStanding } from './purchase-standing.ts'
import type { CheckoutView } from './views/checkout-view.ts'

/** A Checkout is one deed of the buyer's, however many objects and events Stripe makes of it. */
export function describeCheckouts(telling: Telling): void {
  for (const session of telling.after.sessions.values()) {
    const before = telling.before.sessions.get(session.id)
    if (session.completedAt !== null && (before?.completedAt ?? null) === null) {
      completed(telling, session)
    } else if (session.state.status === 'expired' && before?.state.status !== 'expired') {
      tell(telling, 'A Checkout expired without a purchase.', [session.id])
    } else if (before !== undefined && session.completedAt !== null) {
      settled(telling, before, session)
    }
  }
}

function completed(telling: Telling, session: CheckoutView): void {
  const { state } = session
  const invoice = invoiceOf(telling, session)
  const objects = [session.id, state.subscription, invoice]
  cover(telling, [...objects, ...moneyOf(telling, session), state.setupIntent])
  if (state.mode === 'setup') {
    tell(telling, 'A payment method was saved by Checkout; nothing was bought.', [session.id])
    return
  }
  const { items, isNamed } = itemsOf(telling, session)
  const what = `Bought ${isNamed ? items : `something (${items})`} by Checkout`
  const ids = [...objects, invoice === null ? state.paymentIntent : null]
  const subscription = telling.after.subscriptions.get(state.subscription ?? '')
  if (subscription?.state.status === 'trialing') {
    const until = subscription.state.trialEnd
    const end = until === null ? '' : ` until ${formatSecond(until)}`
    const paid = (state.amountTotal ?? 0) > 0 ? ', and paid what was due at once' : ''
    tell(telling, `Began a trial of ${items} by Checkout${end}${paid}.`, ids)
    return
  }
  const isFree = state.paymentStatus === 'no_payment_required' || state.amountTotal === 0
  const money = isFree ? ' with nothing to pay now' : MONEY[standingOf(telling, session)]
  tell(telling, `${what}${money}.`, ids)
}

const MONEY: Readonly<Record<PurchaseStanding['kind'], string>> = {
  paid: ' and paid',
  processing: '; the payment is under way',
  unpaid: '; the payment is under way',
  authorized: '; the payment is authorised, not captured yet',
  failed: ', but the payment failed',
  canceled: ', but the payment was canceled',
}

function standingOf(
  { after, joins, catalog }: Telling,
  session: CheckoutView,
): PurchaseStanding['kind'] {
  return sessionStanding({ facts: after, joins, catalog, now: 0 }, session).kind
}

function settled(telling: Telling, before: CheckoutView, session: CheckoutView): void {
  const { state } = session
  const objects = [session.id, state.subscription, state.invoice ?? state.paymentIntent]
  const facts = { facts: telling.before, joins: telling.joinsBefore, catalog: telling.catalog }
  const was = sessionStanding({ ...facts, now: 0 }, before).kind
  const is = standingOf(telling, session)
  const what = was === is ? undefined : SETTLED[is]
  if (what !== undefined) {
    cover(telling, [state.invoice, ...moneyOf(telling, session)])
    tell(telling, was === 'authorized' && is === 'paid' ? CAPTURED : what, objects)
  } else if (state.lineItems !== null && before.state.lineItems === null) {
    tell(telling, `The Checkout sold ${telling.names.list(state.lineItems)}.`, [session.id])
  }
}

const CAPTURED = 'The payment of the Checkout was captured.'
const SETTLED: Readonly<Partial<Record<PurchaseStanding['kind'], string>>> = {
  paid: 'The payment of the Checkout arrived.',
  failed: 'The payment of the Checkout failed.',
  canceled: 'The payment of the Checkout was canceled.',
  authorized: 'The payment of the Checkout is authorised, not captured yet.',
}

/** The invoice of a payment comes after its Checkout, and names it late (row 30). */
function invoiceOf({ final, joins }: Telling, { id, state }: CheckoutView): string | null {
  return (
    state.invoice ??
    final.sessions.get(id)?.state.invoice ??
    joins.invoiceOfPaymentIntent.get(state.paymentIntent ?? '') ??
    null
  )
}

function moneyOf(telling: Telling, session: CheckoutView): string[] {
  const { state } = session
  const { joins } = telling
  const intents = state.paymentIntent === null ? [] : [state.paymentIntent]
  const charges = intents.flatMap((id) => [...(joins.chargesOfPaymentIntent.get(id) ?? [])])
  const invoice = invoiceOf(telling, session)
  const invoiced = invoice === null ? [] : paymentsOf(telling, invoice)
  return [...intents, ...charges, ...invoiced]
}

function itemsOf(telling: Telling, session: CheckoutView): { items: string; isNamed: boolean } {
  const { after, final, names } = telling
  const { state } = session
  const invoice = invoiceOf(telling, session)
  const named = state.metadata[METADATA_PRODUCT]
  if (named !== undefined) return { items: clean(named), isNamed: true }
  const lines: readonly BoughtPrice[] | null | undefined =
    state.lineItems ??
    soldLines(after.invoices.get(invoice ?? '')?.state.lines) ??
    soldLines(final.invoices.get(invoice ?? '')?.state.lines) ??
    after.subscriptions.get(state.subscription ?? '')?.state.items ??
    final.sessions.get(session.id)?.state.lineItems ??
    final.subscriptions.get(state.subscription ?? '')?.state.items
  return lines === null || lines === undefined || lines.length === 0
    ? { items: 'not known yet', isNamed: false }
    : { items: names.list(lines), isNamed: true }
}

/** What a first invoice bills is all that was sold: usage is billed later, credit is none. */
function soldLines(lines: readonly InvoiceLineState[] | undefined) {
  return lines === undefined || lines.length === 0 || lines.some(({ isMetered }) => isMetered)
    ? undefined
    : lines
}
