import { clean } from './canonical.ts'
import { METADATA_PRODUCT } from './bought.ts'
import { tell, type Telling } from './deed.ts'
import type { DisputeState, RefundState } from './fact.ts'
import { invoiceName, lower } from './describe-invoice.ts'
import type { PaymentIntentView } from './views/payment-views.ts'

/** What became of money that no Checkout or invoice has spoken for. */
export function describePayments(telling: Telling): void {
  describeIntents(telling)
  describeCharges(telling)
  describeRefunds(telling)
  describeDisputes(telling)
}

function describeIntents(telling: Telling): void {
  const { after, before, covered, final } = telling
  for (const intent of after.paymentIntents.values()) {
    if (covered.has(intent.id)) continue
    const earlier = before.paymentIntents.get(intent.id)
    const { status, hasPaymentError } = intent.state
    const isNews = status !== earlier?.state.status
    const isFailure = hasPaymentError && earlier?.state.hasPaymentError !== true
    // What a card settles within the hour needs no word: only what stays open does.
    const isPassing = final.paymentIntents.get(intent.id)?.state.status === 'succeeded'
    const of = target(telling, intent.id)
    const say = (what: string) => tell(telling, what, [intent.id, of.id])
    // Told together with a bill or a Checkout it is most likely theirs: only later events join them.
    const isTheirs = of.id === null && telling.deeds.length > 0
    if (isNews && status === 'requires_action' && isPassing) {
      telling.minor.push({
        what: `The payment${of.of} waits for the customer.`,
        objects: [intent.id],
      })
    }
    if (isTheirs && status !== 'requires_capture' && status !== 'requires_action') continue
    if (status === 'succeeded' && isNews) succeeded(telling, intent)
    else if (status === 'processing' && isNews) say(`The payment${of.of} is under way.`)
    else if (status === 'requires_capture' && isNews) {
      say(`The payment${of.of} is authorised, not captured yet.`)
    } else if (status === 'canceled' && isNews && earlier !== undefined) {
      say(`The payment${of.of} was canceled.`)
    } else if (status === 'requires_action' && isNews && !isPassing) {
      say(`The customer has to confirm the payment${of.of} with the bank.`)
    } else if (isFailure) say(`A payment attempt${of.of} failed.`)
  }
}

function succeeded(telling: Telling, intent: PaymentIntentView): void {
  const of = target(telling, intent.id)
  const product = intent.state.metadata[METADATA_PRODUCT]
  const invoice = telling.after.invoices.get(of.id ?? '')
  const isPart = invoice !== undefined && invoice.state.status === 'open'
  const what =
    product !== undefined && of.id === null
      ? `Bought ${clean(product)} and paid.`
      : isPart
        ? `Part${of.of} was paid.`
        : `The payment${of.of} succeeded.`
  tell(telling, what, [intent.id, of.id])
}

function describeCharges(telling: Telling): void {
  const { after, before, covered, joins } = telling
  for (const charge of after.charges.values()) {
    const earlier = before.charges.get(charge.id)
    const of = target(telling, charge.id)
    const isCaptured = charge.state.isCaptured && earlier?.state.isCaptured === false
    const isNews = !covered.has(charge.id)
    if (isCaptured && isNews && charge.state.status === 'succeeded') {
      tell(telling, `The payment${of.of} was captured.`, [charge.id, of.id])
    }
    const isShown = charge.state.amountRefunded > (earlier?.state.amountRefunded ?? 0)
    const isKnown = [charge.id, charge.state.paymentIntent].some((id) =>
      [...(joins.refundsOfPayment.get(id ?? '') ?? [])].some((refund) => after.refunds.has(refund)),
    )
    if (isShown && !isKnown && isNews) {
      const share = shareOf(charge.state.amountRefunded, charge.state.amount)
      tell(telling, `The payment${of.of} shows a refund ${share}.`, [charge.id, of.id])
    }
  }
}

function describeRefunds(telling: Telling): void {
  for (const refund of telling.after.refunds.values()) {
    const before = telling.before.refunds.get(refund.id)?.state
    if (before?.status === refund.state.status) continue
    // What was never captured is let go by a refund, which gives nothing back.
    const intent = telling.after.paymentIntents.get(refund.state.paymentIntent ?? '')
    if (intent?.state.status === 'canceled') continue
    const of = target(telling, refund.state.charge ?? refund.state.paymentIntent)
    const what = refundSentence(telling, refund.state, before !== undefined, of.of)
    tell(telling, what, [refund.id, of.id])
  }
}

function refundSentence(
  telling: Telling,
  refund: RefundState,
  isKnown: boolean,
  of: string,
): string {
  const charge = chargeOf(telling, refund)
  const share = charge === undefined ? '' : ` ${shareOf(refund.amount, charge.amount)}`
  switch (refund.status) {
    case 'failed':
      return `The refund of the payment${of} failed: the money was not given back.`
    case 'canceled':
      return `The refund of the payment${of} was canceled: the money was not given back.`
    case 'succeeded':
      if (isKnown) return `The refund of the payment${of} went through.`
      return `The payment${of} was refunded${share}.`
    default:
      return `A refund${share} of the payment${of} is under way.`
  }
}

function chargeOf({ after, joins }: Telling, refund: RefundState) {
  const ids = [
    refund.charge,
    ...(joins.chargesOfPaymentIntent.get(refund.paymentIntent ?? '') ?? []),
  ]
  return ids.flatMap((id) => after.charges.get(id ?? '') ?? [])[0]?.state
}

/** A share needs no currency: amounts are in its minor units, and those differ. */
function shareOf(amount: number, whole: number): string {
  if (whole <= 0 || amount >= whole) return 'in full'
  const percent = Math.min(99, Math.max(1, Math.round((amount / whole) * 100)))
  return `in part (${percent} %)`
}

function describeDisputes(telling: Telling): void {
  for (const dispute of telling.after.disputes.values()) {
    const before = telling.before.disputes.get(dispute.id)?.state
    if (before?.status === dispute.state.status) continue
    const { charge, paymentIntent } = dispute.state
    const of = target(telling, charge ?? paymentIntent)
    const what = disputeSentence(dispute.state, before, of.of)
    tell(telling, what, [dispute.id, of.id])
  }
}

function disputeSentence(
  { status, reason }: DisputeState,
  before: DisputeState | undefined,
  of: string,
): string {
  const why = reason === null ? '' : ` (${clean(reason).replaceAll('_', ' ')})`
  const isInquiry = before?.status.startsWith('warning') ?? true
  switch (status) {
    case 'warning_needs_response':
      return `The customer’s bank asks about the payment${of}${why}; no money was taken.`
    case 'warning_under_review':
      return `The bank’s question about the payment${of} was answered.`
    case 'warning_closed':
      return `The bank’s question about the payment${of} was closed; no money was taken.`
    case 'needs_response':
      return before === undefined || isInquiry
        ? `The customer’s bank disputes the payment${of}${why}.`
        : `The dispute of the payment${of} needs an answer again.`
    case 'under_review':
      return `The dispute of the payment${of} was answered and is under review.`
    case 'won':
      return `The dispute of the payment${of} was won: the money is back.`
    case 'lost':
      return before === undefined
        ? `The customer’s bank took the payment${of} back${why}: the dispute is lost.`
        : `The dispute of the payment${of} was lost: the money is gone.`
    case 'prevented':
    case 'charge_refunded':
      return `The payment${of} was given back before a dispute began.`
    default:
      return `The dispute of the payment${of} is ${clean(status).replaceAll('_', ' ')}.`
  }
}

/** What a payment was for, as far as it is known. */
function target(
  { after, joins }: Telling,
  payment: string | null,
): { of: string; id: string | null } {
  if (payment === null) return { of: '', id: null }
  const intent = after.charges.get(payment)?.state.paymentIntent ?? payment
  const invoiceId =
    joins.invoiceOfPaymentIntent.get(intent) ?? after.charges.get(payment)?.state.invoice ?? null
  const session = joins.sessionOfPaymentIntent.get(intent)
  const invoice = after.invoices.get(invoiceId ?? '')
  if (invoice !== undefined) return { of: ` of ${lower(invoiceName(invoice))}`, id: invoice.id }
  if (session !== undefined) return { of: ' of the Checkout', id: session }
  return { of: '', id: null }
}
