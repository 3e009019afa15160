import type { ProductPolicy } from './catalog.ts'
import { MINUTE } from './calendar.ts'
import type { Need } from './decision.ts'
import type { Facts } from './facts.ts'
import type { Joins } from './joins.ts'
import { reversalOf, type Reversal } from './payment.ts'
import type { InvoiceView } from './views/invoice-view.ts'
import type { SubscriptionView } from './views/subscription-view.ts'

/**
 * What an invoice is worth as evidence. Only `paid` and `forgiven` are money; `stuck` is an invoice
 * Stripe could not finalise, which is the seller's trouble and not the buyer's (row 48).
 */
export type Standing =
  | 'paid'
  | 'forgiven'
  | 'draft'
  | 'stuck'
  | 'open'
  | 'processing'
  /** Refused once, and tried again: past due until it is paid (rows 26, 41). */
  | 'retried'
  | 'failed'
  | 'void'
  | 'uncollectible'
  | 'disputed'
  | 'lost'
  | 'refunded'

/** Not paid, and no longer asked for as it was. */
export const FAILED: ReadonlySet<Standing> = new Set(['failed', 'retried', 'void', 'uncollectible'])

export interface InvoiceStanding {
  standing: Standing
  evidence: string[]
  needs: Need[]
}

/** Events of one act may be stamped a second apart. */
export const SAME_ACT = 2

interface StandingContext {
  facts: Facts
  joins: Joins
  policy: ProductPolicy
  subscription: SubscriptionView | null
}

export function standingOf(context: StandingContext, invoice: InvoiceView): InvoiceStanding {
  const plain = (standing: Standing): InvoiceStanding => ({
    standing,
    evidence: invoice.evidence,
    needs: [],
  })
  switch (invoice.state.status) {
    case 'paid':
      return paidStanding(context, invoice)
    case 'void':
    case 'uncollectible':
      return plain(isForgiven(context, invoice) ? 'forgiven' : invoice.state.status)
    case 'draft': {
      if (invoice.state.hasFinalizationError) return plain('stuck')
      if (isForgiven(context, invoice)) return plain('forgiven')
      // A draft is never charged: an attempt that failed means that it is one no more.
      const standing = openStanding(context, invoice)
      return plain(standing === 'failed' || standing === 'retried' ? standing : 'draft')
    }
    default:
      return plain(openStanding(context, invoice))
  }
}

/** A paid invoice's money may still be taken back; the invoice itself stays paid (rows 74, 78). */
function paidStanding(
  { facts, joins, policy }: StandingContext,
  invoice: InvoiceView,
): InvoiceStanding {
  const reversal = reversalOf(facts, joins, {
    paymentIntents: joins.paymentIntentsOfInvoice.get(invoice.id) ?? new Set(),
    charges: joins.chargesOfInvoice.get(invoice.id) ?? new Set(),
    amount: invoice.state.amountPaid,
  })
  const standing = takenBack(policy, reversal)
  if (standing !== null) {
    return { standing, evidence: reversal.evidence, needs: reversal.needs }
  }
  return {
    standing: 'paid',
    evidence: invoice.evidence,
    needs: [...reversal.needs, ...unjoinedNeeds(facts, joins, invoice)],
  }
}

/** What became of a subscription's money that did not stay, by the policy; null: it stands. */
export function takenBack(
  policy: ProductPolicy,
  reversal: Reversal,
): 'disputed' | 'lost' | 'refunded' | null {
  if (policy.dispute === 'suspend' && reversal.dispute === 'open') return 'disputed'
  if (policy.dispute === 'suspend' && reversal.dispute === 'lost') return 'lost'
  const isRevoked =
    policy.subscriptionRefund === 'revoke' &&
    (reversal.refund === 'full' ||
      (reversal.refund === 'partial' && policy.partialRefund === 'revoke'))
  return isRevoked ? 'refunded' : null
}

/**
 * Since basil only an InvoicePayment joins an invoice to its money (stripe-facts §2.3). Where that
 * was not heard, a dispute or refund of a charge of the same amount may be this invoice's.
 */
function unjoinedNeeds(facts: Facts, joins: Joins, invoice: InvoiceView): Need[] {
  const isJoined =
    joins.paymentIntentsOfInvoice.has(invoice.id) || joins.chargesOfInvoice.has(invoice.id)
  if (isJoined || invoice.readAt !== null || (invoice.state.amountPaid ?? 0) <= 0) return []
  const isSuspect = [...facts.charges.values()].some(
    ({ id, state }) =>
      state.amount === invoice.state.amountPaid &&
      state.customer === invoice.state.customer &&
      (state.isDisputed || state.amountRefunded > 0 || joins.disputesOfPayment.has(id)) &&
      !joins.sessionOfPaymentIntent.has(state.paymentIntent ?? '') &&
      !joins.invoiceOfPaymentIntent.has(state.paymentIntent ?? ''),
  )
  return isSuspect
    ? [
        {
          type: 'invoice',
          object: invoice.id,
          reason: 'a charge of its amount was disputed or refunded, and nothing joins them',
        },
      ]
    : []
}

/**
 * Made while collection is paused, as a draft, void or uncollectible: the seller let the period go
 * (row 65). What was made then and asked for afterwards is a bill like any other.
 */
function isForgiven({ subscription, policy }: StandingContext, invoice: InvoiceView): boolean {
  if (policy.pauseCollection === 'suspend') return false
  if (invoice.state.uncollectibleReason === 'subscription_paused') return true
  const created = invoice.state.created ?? invoice.firstAt
  const settled = invoice.settledAt ?? created
  const { finalizedAt } = invoice.state
  const wasNeverAsked = finalizedAt !== null && settled <= finalizedAt + MINUTE
  return (subscription?.collectionPauses ?? []).some(
    ({ from, to }) =>
      from <= created + SAME_ACT &&
      (to === null || settled <= to + MINUTE || (wasNeverAsked && created <= to + SAME_ACT)),
  )
}

function openStanding({ facts, joins }: StandingContext, invoice: InvoiceView): Standing {
  const { failedAttempt, state } = invoice
  // Before basil a charge names its invoice, since then only its intent: either may be all that was heard.
  const intentIds = new Set(joins.paymentIntentsOfInvoice.get(invoice.id))
  const chargeIds = new Set(joins.chargesOfInvoice.get(invoice.id))
  for (const id of chargeIds) {
    const intent = facts.charges.get(id)?.state.paymentIntent ?? null
    if (intent !== null) intentIds.add(intent)
  }
  for (const id of intentIds) {
    for (const charge of joins.chargesOfPaymentIntent.get(id) ?? []) chargeIds.add(charge)
  }
  const intents = [...intentIds].flatMap((id) => facts.paymentIntents.get(id) ?? [])
  const charges = [...chargeIds].flatMap((id) => facts.charges.get(id) ?? [])
  // What failed after the intent was last seen under way is that very attempt.
  const failedAt = (intent: string) =>
    charges
      .filter(({ state }) => state.paymentIntent === intent && state.status === 'failed')
      .map(({ lastAt }) => lastAt)
  const isUnderWay = intents.some(
    ({ id, lastAt, state: { status } }) =>
      status === 'processing' && lastAt >= Math.max(invoice.failedAt ?? -Infinity, ...failedAt(id)),
  )
  const wasRefused =
    invoice.failedAt !== null ||
    state.attemptCount > 1 ||
    charges.some(({ state: { status } }) => status === 'failed')
  const underWay = wasRefused ? 'retried' : 'processing'
  if (isUnderWay) return underWay
  if (failedAttempt !== null && failedAttempt >= state.attemptCount) return 'failed'
  const hasFailed = intents.some(
    ({ state: { status, hasPaymentError } }) =>
      status === 'canceled' ||
      (hasPaymentError && (status === 'requires_payment_method' || status === 'requires_source')),
  )
  const isRefused = charges.length > 0 && charges.every(({ state }) => state.status === 'failed')
  if (hasFailed || isRefused) return 'failed'
  return state.attempted || wasRefused ? underWay : 'open'
}
