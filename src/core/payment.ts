import { union } from './views/view.ts'
import type { Need } from './decision.ts'
import type { Facts } from './facts.ts'
import type { Joins } from './joins.ts'

/** What became of the money of one invoice or purchase after it came in. */
export interface Reversal {
  refund: 'none' | 'partial' | 'full'
  dispute: 'none' | 'inquiry' | 'open' | 'lost' | 'won'
  refunded: number
  evidence: string[]
  objects: string[]
  needs: Need[]
}

const DISPUTE_KIND: Readonly<Record<string, Reversal['dispute']>> = {
  warning_needs_response: 'inquiry',
  warning_under_review: 'inquiry',
  warning_closed: 'inquiry',
  needs_response: 'open',
  under_review: 'open',
  appeal_needs_response: 'open',
  appeal_under_review: 'open',
  lost: 'lost',
  won: 'won',
}
/** The worst of several disputes counts: one lost charge is money gone, whatever another one did. */
const SEVERITY: Reversal['dispute'][] = ['none', 'inquiry', 'won', 'open', 'lost']

/** Adds up refunds and disputes of a payment's intents and charges (stripe-facts rows 74–81). */
export function reversalOf(
  facts: Facts,
  joins: Joins,
  payment: {
    paymentIntents: ReadonlySet<string>
    charges: ReadonlySet<string>
    amount: number | null
  },
): Reversal {
  const charges = new Set(payment.charges)
  for (const id of payment.paymentIntents) {
    for (const charge of joins.chargesOfPaymentIntent.get(id) ?? []) charges.add(charge)
  }
  const paymentIds = [...payment.paymentIntents, ...charges]
  const refunds = addRefunds(facts, joins, paymentIds, [...charges])
  const disputes = addDisputes(facts, joins, paymentIds)
  // A payment of several intents may have joins that were not seen: never less than was paid.
  const charged = amountPaid(facts, [...charges])
  const paid = charged === null ? payment.amount : Math.max(charged, payment.amount ?? 0)
  // Prevention usually shows as a refund object as well: the same money, counted once.
  const gone = Math.max(refunds.amount, disputes.prevented)
  return {
    refund: gone <= 0 ? 'none' : paid === null || gone >= paid ? 'full' : 'partial',
    dispute: disputes.kind,
    refunded: gone,
    evidence: union([refunds.evidence, disputes.evidence]),
    objects: union([refunds.objects, disputes.objects]),
    needs: refunds.needs,
  }
}

/** Captured money only: a failed attempt's charge has an amount too. */
function amountPaid(facts: Facts, charges: readonly string[]): number | null {
  let sum: number | null = null
  for (const id of charges) {
    const charge = facts.charges.get(id)
    if (charge?.state.status === 'succeeded') sum = (sum ?? 0) + charge.state.amount
  }
  return sum
}

function addRefunds(facts: Facts, joins: Joins, payments: string[], charges: string[]) {
  const ids = union(payments.map((id) => [...(joins.refundsOfPayment.get(id) ?? [])]))
  const evidence: string[][] = []
  const objects: string[] = []
  let active = 0
  let failed = 0
  for (const id of ids) {
    const refund = facts.refunds.get(id)
    if (refund === undefined) continue
    const isReturned = refund.state.status === 'failed' || refund.state.status === 'canceled'
    if (isReturned) failed += refund.state.amount
    else active += refund.state.amount
    evidence.push(refund.evidence)
    objects.push(id)
  }
  let shown = 0
  const needs: Need[] = []
  for (const id of charges) {
    const charge = facts.charges.get(id)
    if (charge === undefined || charge.state.amountRefunded <= 0) continue
    shown += charge.state.amountRefunded
    evidence.push(charge.evidence)
    objects.push(id)
  }
  // A charge that shows more than the known refunds explain: some refund was not seen. A failed one
  // gives nothing back, and the charge may still show it (stripe-facts row 76).
  if (shown > active + failed) {
    for (const id of objects.filter((object) => facts.charges.has(object))) {
      needs.push({ type: 'charge', object: id, reason: 'shows refunds no known refund explains' })
    }
  }
  return { amount: Math.max(active, shown - failed), evidence: union(evidence), objects, needs }
}

function addDisputes(facts: Facts, joins: Joins, payments: string[]) {
  const ids = union(payments.map((id) => [...(joins.disputesOfPayment.get(id) ?? [])]))
  const evidence: string[][] = []
  const objects: string[] = []
  let kind: Reversal['dispute'] = 'none'
  let prevented = 0
  for (const id of ids) {
    const dispute = facts.disputes.get(id)
    if (dispute === undefined) continue
    const { status, amount } = dispute.state
    evidence.push(dispute.evidence)
    objects.push(id)
    // Prevented means the money went back before a dispute began: a refund by another name.
    if (status === 'prevented' || status === 'charge_refunded') prevented += amount
    const next = DISPUTE_KIND[status] ?? 'none'
    if (SEVERITY.indexOf(next) > SEVERITY.indexOf(kind)) kind = next
  }
  return { kind, prevented, evidence: union(evidence), objects }
}
