import { formatSecond } from './calendar.ts'
import type { CatalogProduct } from './compile-catalog.ts'
import type { BoughtPrice } from './fact.ts'
import { frozenSecond } from './frozen-second.ts'
import { isSessionReversed, PROVISIONAL } from './first-session.ts'
import type { Identity } from './identity.ts'
import { standingOf } from './invoice-standing.ts'
import type { JudgeContext } from './judge-subscription.ts'
import { matchProduct } from './match.ts'
import { because, Timeline, type Source } from './source.ts'
import { givenMeanwhile } from './source-usage.ts'
import type { CheckoutView } from './views/checkout-view.ts'
import type { InvoiceView } from './views/invoice-view.ts'

/**
 * Subscriptions that only their Checkout or a paid invoice speaks of so far: granted for 72 hours
 * from that evidence and read from Stripe meanwhile. Once the subscription itself is held, it rules.
 * The clock starts at the event's own `created`, so a completion resent weeks later grants nothing.
 */
export function judgeUnseen(context: JudgeContext, identity: Identity): Source[] {
  const { facts } = context
  const sources: Source[] = []
  const seen = new Set(facts.subscriptions.keys())
  for (const session of facts.sessions.values()) {
    const id = session.state.subscription
    const isSale = session.state.mode === 'subscription' && session.completedAt !== null
    if (!isSale || (id !== null && seen.has(id))) continue
    if (id !== null) seen.add(id)
    sources.push(...fromSession(context, session, identity.ofSession(session)))
  }
  const latestFirst = [...facts.invoices.values()].sort(
    (a, b) => (b.state.created ?? b.firstAt) - (a.state.created ?? a.firstAt),
  )
  for (const invoice of latestFirst) {
    const id = invoice.state.subscription
    if (id === null || seen.has(id) || invoice.state.status !== 'paid') continue
    seen.add(id)
    sources.push(...fromInvoice(context, invoice, id, identity.ofInvoice(invoice)))
  }
  return sources
}

function fromSession(context: JudgeContext, session: CheckoutView, owner: string): Source[] {
  const { facts, catalog } = context
  const { state, completedAt, paidAt } = session
  const subscription = state.subscription ?? session.id
  const invoice = facts.invoices.get(state.invoice ?? '')
  const named = catalog.products.get(state.metadata['proviso_product'] ?? '')
  const lines = state.lineItems ?? invoice?.state.lines ?? []
  const products = named === undefined ? matchAll(context, lines) : new Map([[named, 1]])
  const timeline = new Timeline()
  const objects = [session.id, ...(state.subscription === null ? [] : [state.subscription])]
  const standing =
    invoice === undefined
      ? 'paid'
      : standingOf({ ...context, policy: catalog.policy, subscription: null }, invoice).standing
  // Checkout's own "paid" is not undone by a bill whose payment is merely not heard of yet.
  const isGood =
    ['paid', 'forgiven', 'open', 'draft', 'processing', 'retried'].includes(standing) &&
    !isSessionReversed({ ...context, policy: catalog.policy }, session)
  if (paidAt !== null && completedAt !== null && isGood) {
    const until = completedAt + PROVISIONAL
    timeline.until(
      until,
      'active',
      because(
        'checkout_paid',
        `Checkout is complete and paid; granted until ${formatSecond(until)} while the subscription itself is awaited.`,
        session.paidEvidence,
        objects,
      ),
    )
  }
  const waiting =
    session.failedAt !== null && paidAt === null
      ? timeline.after(
          'none',
          because('payment_failed', 'The payment failed.', session.failedEvidence, objects),
        )
      : timeline.after(
          'pending',
          because(
            'subscription_unseen',
            'Checkout is complete, but no payment or subscription is known yet.',
            session.evidence,
            objects,
          ),
        )
  const needs =
    state.subscription === null || facts.missing.has(state.subscription)
      ? []
      : [
          {
            type: 'subscription' as const,
            object: state.subscription,
            reason: 'named by a complete Checkout and not seen',
          },
        ]
  const from = completedAt ?? session.firstAt
  const usage = givenMeanwhile(subscription, from, from + PROVISIONAL)
  return [...products].map(([product, quantity]) => ({
    id: products.size === 1 ? subscription : `${subscription}/${product.id}`,
    kind: 'subscription',
    owner,
    segments: waiting,
    gives: { kind: 'product', product, quantity },
    usage,
    needs,
    alerts: [],
    frozenAt: frozenSecond(facts, null, state.customer),
  }))
}

function fromInvoice(
  context: JudgeContext,
  invoice: InvoiceView,
  subscription: string,
  owner: string,
): Source[] {
  const { facts, catalog } = context
  if (invoice.state.status !== 'paid' || facts.missing.has(subscription)) return []
  const { standing } = standingOf(
    { ...context, policy: catalog.policy, subscription: null },
    invoice,
  )
  // A $0 invoice may be a trial's, which is not money (row 9): the subscription must tell.
  const lines = invoice.state.lines.filter(
    (line) => line.amount > 0 && (line.isSubscriptionLine || line.isProration),
  )
  const paidAt = invoice.state.paidAt ?? invoice.settledAt ?? invoice.firstAt
  const needs = [
    {
      type: 'subscription' as const,
      object: subscription,
      reason: 'named by a paid invoice and not seen',
    },
  ]
  const isGood = standing === 'paid'
  const starts = lines.flatMap(({ periodStart }) => periodStart ?? [])
  const lineEnds = lines.flatMap(({ periodEnd }) => periodEnd ?? [])
  const from = starts.length > 0 ? Math.min(...starts) : paidAt
  const to = lineEnds.length > 0 ? Math.max(...lineEnds) : paidAt + PROVISIONAL
  const usage = givenMeanwhile(subscription, from, to)
  return [...matchAll(context, lines)].map(([product, quantity]) => {
    const ends = lines.flatMap(({ periodEnd }) => periodEnd ?? [])
    const until = Math.min(paidAt + PROVISIONAL, Math.max(...ends, 0) || Infinity)
    const timeline = new Timeline()
    if (isGood) {
      timeline.until(
        until,
        'active',
        because(
          'invoice_paid',
          `An invoice of the subscription is paid; granted until ${formatSecond(until)} while the subscription itself is awaited.`,
          invoice.evidence,
          [invoice.id, subscription],
        ),
      )
    }
    return {
      id: `${subscription}/${invoice.id}/${product.id}`,
      kind: 'subscription',
      owner,
      segments: timeline.after(
        'pending',
        because(
          'subscription_unseen',
          'The subscription itself is not known yet.',
          invoice.evidence,
          [invoice.id, subscription],
        ),
      ),
      gives: { kind: 'product', product, quantity },
      usage,
      needs,
      alerts: [],
      frozenAt: frozenSecond(facts, null, invoice.state.customer),
    }
  })
}

function matchAll(
  { catalog }: JudgeContext,
  lines: readonly BoughtPrice[],
): Map<CatalogProduct, number> {
  const products = new Map<CatalogProduct, number>()
  for (const line of lines) {
    const product = matchProduct(catalog, line)
    if (product !== null) products.set(product, Math.max(line.quantity, products.get(product) ?? 0))
  }
  return products
}
