import { addInterval, DAY } from './calendar.ts'
import type { Decision } from './decision.ts'
import type {
  AnySnapshot,
  FactStates,
  FactType,
  InvoiceState,
  SubscriptionItemState,
  SubscriptionState,
} from './fact.ts'
import type { Facts } from './facts.ts'
import { join, type Joins } from './joins.ts'
import { invoiceName, lower } from './describe-invoice.ts'
import type { InvoiceView } from './views/invoice-view.ts'
import type { SubscriptionView } from './views/subscription-view.ts'

/** News that has not come, and what Stripe would then show. */
export interface Supposed {
  /** Completes "If …". */
  what: string
  objects: string[]
  snapshots: AnySnapshot[]
  /** Supposed instead, where this would change nothing. */
  orElse?: Supposed
}

interface Context {
  facts: Facts
  joins: Joins
  /** Second at which it would be heard, after all that is known. */
  at: number
}

const MOST = 12
const MOST_PERIODS = 1000
/** Seconds within which a bank may still send a refund back. */
const REFUND_MAY_FAIL = 45 * DAY

/** What could be heard next of the matters that are open. */
export function supposeNews(
  facts: Facts,
  { decision, snapshots }: { decision: Decision; snapshots: readonly AnySnapshot[] },
): Supposed[] {
  const last = snapshots.reduce((latest, { at }) => Math.max(latest, at), decision.at)
  const context: Context = { facts, joins: join(facts), at: last + 1 }
  return [
    ...[...facts.subscriptions.values()].flatMap((view) => supposeSubscription(context, view)),
    ...[...facts.invoices.values()].flatMap((view) => supposeInvoice(context, view)),
    ...supposePayments(context),
    ...supposeReversals(context),
    ...supposeRefunds(context, decision),
  ].slice(0, MOST)
}

/** A read's answer, as Stripe would give it then: nothing known before contradicts it. */
function shown<T extends FactType>(
  { at }: Context,
  type: T,
  object: string,
  after: FactStates[T],
): AnySnapshot {
  return {
    type,
    object,
    observation: `supposed_${object}`,
    origin: 'read',
    eventType: 'read',
    at,
    request: null,
    after,
    before: null,
  } as unknown as AnySnapshot
}

function supposeSubscription(context: Context, view: SubscriptionView): Supposed[] {
  const { id, state } = view
  if (view.endedAt !== null) return []
  const change = (what: string, fields: Partial<typeof state>): Supposed => ({
    what,
    objects: [id],
    snapshots: [shown(context, 'subscription', id, { ...state, ...fields })],
  })
  const news: Supposed[] = []
  const isCanceling = state.cancelAt !== null || state.cancelAtPeriodEnd
  if (isCanceling) {
    const undone = { cancelAt: null, cancelAtPeriodEnd: false, canceledAt: null }
    news.push(change('the cancellation is undone', undone))
  }
  if (state.pauseCollection !== null) {
    news.push(change('payment collection is resumed', { pauseCollection: null }))
  }
  const renewal = isCanceling ? null : renewalOf(context, view)
  if (state.status === 'paused') {
    const resumed = change('the subscription is resumed', { status: 'active' })
    news.push(renewal === null ? resumed : { ...resumed, orElse: renewal })
  } else if (renewal !== null) news.push(renewal)
  return news
}

/** The bill for the period after the one that is known, paid. */
function renewalOf(context: Context, view: SubscriptionView): Supposed | null {
  const { facts, joins } = context
  const { id, state } = view
  const isPaused = state.status === 'paused'
  const isOwing = state.status === 'past_due' || state.status === 'unpaid'
  if (state.status === 'incomplete') return null
  const bills = [...(joins.invoicesOfSubscription.get(id) ?? [])].flatMap(
    (invoice) => facts.invoices.get(invoice) ?? [],
  )
  // What is owed already is supposed to be paid first.
  if (bills.some(({ state: { status } }) => status === 'open' || status === 'draft')) return null
  const lines = state.items.flatMap((item) => {
    const from = state.status === 'trialing' ? state.trialEnd : item.periodEnd
    // Nobody is billed for time that has gone by unpaid.
    const next = isOwing ? item.periodStart : from
    const start = next === null ? null : Math.max(next, isPaused ? context.at : next)
    const end = start === null ? null : periodAfter(start, item, state)
    if (item.isMetered || start === null || end === null) return []
    return {
      ...{ price: item.price, product: item.product, lookupKey: item.lookupKey },
      ...{ quantity: item.quantity, id: `il_${item.id}`, subscriptionItem: item.id },
      ...{ subscription: id, isProration: false, isSubscriptionLine: true, isMetered: false },
      ...{ amount: (item.unitAmount ?? 1) * item.quantity, periodStart: start, periodEnd: end },
    }
  })
  if (lines.length === 0) return null
  const invoice = `in_next_${id}`
  const bill: InvoiceState = {
    ...{ status: 'paid', customer: state.customer, subscription: id, created: context.at },
    ...{ billingReason: 'subscription_cycle', collectionMethod: state.collectionMethod },
    ...{ amountDue: 1, amountPaid: 1, total: 1, attempted: true, attemptCount: 1 },
    ...{ nextPaymentAttempt: null, dueDate: null, finalizedAt: context.at, paidAt: context.at },
    ...{ hasFinalizationError: false, uncollectibleReason: null, lines, hasMoreLines: false },
    ...{ paymentIntents: [], charges: [], metadata: {}, subscriptionMetadata: state.metadata },
  }
  const active = { ...state, status: 'active', latestInvoice: invoice }
  return {
    what:
      state.status === 'trialing'
        ? 'the first period after the trial is paid'
        : isPaused
          ? 'the subscription is resumed and the next period paid'
          : isOwing
            ? 'a new invoice for this period is paid'
            : 'the next renewal is paid',
    objects: [id],
    snapshots: [
      shown(context, 'invoice', invoice, bill),
      shown(context, 'subscription', id, active),
    ],
  }
}

/** Periods keep the day on which the first began, over months of every length. */
function periodAfter(
  start: number,
  { interval, intervalCount }: SubscriptionItemState,
  { startDate }: SubscriptionState,
): number | null {
  if (startDate === null) return addInterval(start, interval, intervalCount)
  for (let count = 1; count <= MOST_PERIODS; count += 1) {
    const at = addInterval(startDate, interval, intervalCount * count)
    if (at === null || at > start) break
    if (at === start) return addInterval(startDate, interval, intervalCount * (count + 1))
  }
  return addInterval(start, interval, intervalCount)
}

function supposeInvoice(context: Context, view: InvoiceView): Supposed[] {
  const { facts } = context
  const { id, state } = view
  if (state.status === 'paid' || state.status === 'void') return []
  const paid = {
    ...state,
    ...{ status: 'paid', amountPaid: state.amountDue ?? 1, paidAt: context.at },
  }
  const snapshots = [shown(context, 'invoice', id, paid)]
  const subscription = facts.subscriptions.get(state.subscription ?? '')
  // Paying the latest bill makes the subscription active again or resumes it (rows 44–46, 68).
  const isLatest = subscription?.state.latestInvoice === id
  const isOwing = ['past_due', 'unpaid', 'incomplete', 'paused'].includes(
    subscription?.state.status ?? '',
  )
  if (subscription !== undefined && isLatest && isOwing && subscription.endedAt === null) {
    const active = { ...subscription.state, status: 'active' }
    snapshots.push(shown(context, 'subscription', subscription.id, active))
  }
  return [{ what: `${lower(invoiceName(view))} is paid`, objects: [id], snapshots }]
}

function supposePayments(context: Context): Supposed[] {
  const { facts, joins } = context
  return [...facts.paymentIntents.values()].flatMap(({ id, state }) => {
    const isOpen = state.status !== 'succeeded' && state.status !== 'canceled'
    // A payment of an invoice is supposed with its invoice.
    if (!isOpen || joins.invoiceOfPaymentIntent.has(id)) return []
    const session = facts.sessions.get(joins.sessionOfPaymentIntent.get(id) ?? '')
    const done = { ...state, status: 'succeeded', hasPaymentError: false }
    const snapshots = [shown(context, 'payment_intent', id, done)]
    if (session !== undefined) {
      const paid = { ...session.state, paymentStatus: 'paid' }
      snapshots.push(shown(context, 'checkout_session', session.id, paid))
    }
    const captured = state.status === 'requires_capture'
    const what = captured ? 'the payment is captured' : 'the payment succeeds'
    return { what, objects: [id], snapshots }
  })
}

function supposeReversals(context: Context): Supposed[] {
  const { facts, at } = context
  const disputes = [...facts.disputes.values()].flatMap(({ id, state }) => {
    const decided = (what: string, status: string): Supposed => ({
      ...{ what, objects: [id] },
      snapshots: [shown(context, 'dispute', id, { ...state, status })],
    })
    switch (state.status) {
      case 'needs_response':
      case 'under_review':
        return [decided('the dispute is won', 'won'), decided('the dispute is lost', 'lost')]
      case 'lost':
        return [decided('the dispute is won after all', 'won')]
      case 'warning_needs_response':
      case 'warning_under_review':
        return [decided('the bank’s question becomes a dispute', 'needs_response')]
      default:
        return []
    }
  })
  const refunds = [...facts.refunds.values()].flatMap(({ id, firstAt, state }) =>
    state.status === 'failed' || state.status === 'canceled' || at - firstAt > REFUND_MAY_FAIL
      ? []
      : {
          ...{ what: 'the refund fails after all', objects: [id] },
          snapshots: [shown(context, 'refund', id, { ...state, status: 'failed' })],
        },
  )
  return [...disputes, ...refunds]
}

/** What was bought once stays until its money is taken back. */
function supposeRefunds(context: Context, { grants }: Decision): Supposed[] {
  const { facts, joins } = context
  const sold = grants.filter(({ kind, state }) => kind === 'purchase' && state === 'active')
  const ids = new Set(sold.flatMap(({ reasons }) => reasons.flatMap(({ objects }) => objects)))
  return [...facts.charges.values()].flatMap(({ id, state }) => {
    const { paymentIntent } = state
    const session = joins.sessionOfPaymentIntent.get(paymentIntent ?? '') ?? ''
    const invoice = joins.invoiceOfPaymentIntent.get(paymentIntent ?? '') ?? state.invoice ?? ''
    const isOfSale = [session, invoice, paymentIntent ?? ''].some((sale) => ids.has(sale))
    if (!isOfSale || state.status !== 'succeeded' || state.amountRefunded > 0) return []
    const { amount } = state
    const refund = { status: 'succeeded', charge: id, paymentIntent, amount, created: context.at }
    return {
      ...{ what: 'the payment is refunded in full', objects: [id] },
      snapshots: [shown(context, 'refund', `re_supposed_${id}`, refund)],
    }
  })
}
