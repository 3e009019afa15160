import type { Json } from '../../support/stripe/index.ts'
import { isMoney, isPaidInvoice, isUnderWay } from './money.ts'
import { latestOf, listIn, numberIn, type Sight } from './sight.ts'
import type { Subset } from './subset.ts'
import { isDisputed, refundedOf } from './taken-back.ts'
import type { Ware, Wares } from './wares.ts'

export interface BillLine {
  readonly id: string
  readonly amount: number
  readonly from: number
  readonly to: number
  readonly isProration: boolean
  readonly isOfItem: boolean
  readonly quantity: number
  readonly price: string
  readonly ware: Ware | undefined
}

/** One invoice, by all that was seen of it. */
export interface Bill {
  readonly id: string
  readonly lines: readonly BillLine[]
  readonly sights: readonly Sight[]
  readonly isPaid: boolean
  /** Stripe says so of the invoice itself. */
  readonly isSaidPaid: boolean
  /** Minor units it asks for. */
  readonly asked: number
  readonly created: number
  /** First second at which it is said to be made final; null: not seen so. */
  readonly finalized: number | null
  readonly paidAt: number
  readonly due: number | null
  readonly reason: string
  readonly isVoid: boolean
  readonly isWrittenOff: boolean
  readonly isDraft: boolean
  readonly isStuck: boolean
  readonly isFailed: boolean
  readonly isUnderWay: boolean
}

export function billOf(subset: Subset, wares: Wares, id: string): Bill {
  const sights = subset.of(id).filter(({ kind }) => kind === 'invoice')
  const says = (status: string) => sights.some(({ object }) => object['status'] === status)
  const isPaid = isPaidInvoice(subset, id)
  const times = (name: string) =>
    sights.flatMap(
      ({ object }) => numberIn((object['status_transitions'] as Json | undefined)?.[name]) ?? [],
    )
  const finals = times('finalized_at')
  return {
    id,
    lines: linesOf(sights, wares),
    sights,
    isPaid,
    isSaidPaid: sights.some(({ object }) => isMoney(object)),
    asked: Math.max(...sights.map(({ object }) => Number(object['amount_due'] ?? 0))),
    created: Math.min(...sights.map(({ object }) => Number(object['created']))),
    finalized: finals.length === 0 ? null : Math.min(...finals),
    paidAt: Math.max(...times('paid_at'), ...sights.map(({ at }) => at)),
    due: Math.max(0, ...sights.map(({ object }) => Number(object['due_date'] ?? 0))) || null,
    reason: String(sights[0]?.object['billing_reason']),
    isVoid: !isPaid && says('void'),
    isWrittenOff: !isPaid && says('uncollectible'),
    isDraft: sights.every(({ object }) => object['status'] === 'draft'),
    isStuck: sights.some(({ object }) => (object['last_finalization_error'] ?? null) !== null),
    isFailed: hasFailed(subset, id, sights),
    isUnderWay:
      sights.some(({ object }) => object['attempted'] === true) ||
      [...subset.ofKind('payment_intent'), ...subset.ofKind('charge')].some(
        ({ object }) => isUnderWay(object) && subset.isJoined(object, id),
      ),
  }
}

/** The latest attempt was refused, and no later word says that another is under way. */
function hasFailed(subset: Subset, id: string, sights: readonly Sight[]): boolean {
  const attempt = Math.max(-1, ...sights.map(({ object }) => Number(object['attempt_count'])))
  const intents = subset
    .ofKind('payment_intent')
    .filter(({ object }) => subset.isJoined(object, id))
  const charges = subset
    .ofKind('charge')
    .filter(({ object }) => object['status'] === 'failed' && subset.isJoined(object, id))
  const failures = [
    ...charges,
    ...sights.filter(
      ({ type, object }) =>
        type === 'invoice.payment_failed' && Number(object['attempt_count']) >= attempt,
    ),
    ...latestOf(intents).filter(({ object }) => (object['last_payment_error'] ?? null) !== null),
  ]
  const failedAt = Math.max(-Infinity, ...failures.map(({ at }) => at))
  const triedAt = intents.filter(({ object }) => isUnderWay(object)).map(({ at }) => at)
  // Within seconds nothing tells a refusal from the attempt after it (stripe-facts §6.3).
  return failures.length > 0 && !triedAt.some((at) => at >= failedAt - 2)
}

/** Its money is there, and neither disputed nor, where the policy counts that, given back. */
export function isStanding(subset: Subset, bill: Bill, { policy }: Ware): boolean {
  if (!bill.isPaid) return false
  if (policy.dispute !== 'keep' && isDisputed(subset, bill.id)) return false
  if (policy.subscriptionRefund !== 'revoke') return true
  const back = refundedOf(subset, bill.id)
  const paid = Math.max(0, ...bill.sights.map(({ object }) => Number(object['amount_paid'] ?? 0)))
  return back <= 0 || (policy.partialRefund !== 'revoke' && back < paid)
}

function linesOf(sights: readonly Sight[], wares: Wares): BillLine[] {
  const lines = new Map<string, BillLine>()
  for (const { object } of sights) {
    const isDraft = object['status'] === 'draft'
    for (const json of listIn(object['lines'])) {
      const line = lineOf(json, wares)
      // A draft's lines may still change: what is final counts before it.
      if (line !== null && !(isDraft && lines.has(line.id))) lines.set(line.id, line)
    }
  }
  return [...lines.values()]
}

/** Since basil the price, the item and the word proration stand one level deeper (stripe-facts §2.3). */
function lineOf(json: Json, wares: Wares): BillLine | null {
  const period = json['period'] as { start: number; end: number } | undefined
  if (period === undefined) return null
  const parent = (json['parent'] ?? {}) as Json
  const details = (parent['subscription_item_details'] ??
    parent['invoice_item_details'] ??
    json) as Json
  const pricing = (json['pricing'] ?? {}) as Json
  const price = ((pricing['price_details'] ?? {}) as Json)['price'] ?? json['price'] ?? ''
  const id = String(typeof price === 'object' ? (price as Json)['id'] : price)
  return {
    id: String(json['id']),
    amount: Number(json['amount']),
    from: period.start,
    to: period.end,
    isProration: details['proration'] === true,
    isOfItem:
      (parent['subscription_item_details'] ?? null) !== null ||
      (json['type'] === 'subscription' && (json['subscription'] ?? null) !== null),
    quantity: Number(json['quantity'] ?? 1),
    price: id,
    ware: wares.ofPrice(id),
  }
}
