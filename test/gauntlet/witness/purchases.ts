import type { Json } from '../../support/stripe/index.ts'
import { DAY } from './seconds.ts'
import { billOf } from './bill.ts'
import { isMoney, isPaidSession } from './money.ts'
import type { Names } from './names.ts'
import { listIn, type Sight } from './sight.ts'
import type { Subset } from './subset.ts'
import { isDisputed, refundedOf } from './taken-back.ts'
import type { Ware, Wares } from './wares.ts'

/** A one-time purchase whose money stands. */
export interface Pass {
  readonly ware: Ware
  readonly names: ReadonlySet<string>
  /** Unix seconds at which its money came in at the latest. */
  readonly paidAt: number
  readonly count: number
}

export function purchasesOf(subset: Subset, wares: Wares, names: Names): Pass[] {
  return [
    ...sessions(subset, wares, names),
    ...invoices(subset, wares, names),
    ...intents(subset, wares, names),
  ]
}

function sessions(subset: Subset, wares: Wares, names: Names): Pass[] {
  const ids = new Set(
    subset
      .ofKind('checkout.session')
      .filter(({ object }) => object['mode'] === 'payment')
      .map(({ id }) => id),
  )
  return [...ids].flatMap((id) => {
    const sights = subset.of(id)
    const joined = joinedTo(sights)
    const money = moneyOf(subset, sights, joined)
    const sold = soldBy(subset, wares, sights, joined)
    const amount = Math.max(0, ...sights.map(({ object }) => Number(object['amount_total'] ?? 0)))
    return [...sold].flatMap(([ware, count]) => {
      const paidAt = money ?? underWayUntil(sights, ware)
      const isBack = [id, ...joined].some((target) => isTakenBack(subset, ware, target, amount))
      return paidAt === null || isBack ? [] : [{ ware, count, paidAt, names: names.ofSession(id) }]
    })
  })
}

/** Its payment and its invoice. */
function joinedTo(sights: readonly Sight[]): string[] {
  const ids = sights.flatMap(({ object }) => [object['payment_intent'], object['invoice']])
  return [...new Set(ids.filter((id) => typeof id === 'string'))]
}

/** Second at which money was seen to be there; null: it was not, or it was let go before capture. */
function moneyOf(
  subset: Subset,
  sights: readonly Sight[],
  joined: readonly string[],
): number | null {
  if (!sights.some(({ object }) => object['status'] === 'complete')) return null
  const linked = joined.flatMap((id) => [...subset.of(id), ...subset.mentioning(id)])
  const isCaptured = linked.some(({ kind, object }) => kind === 'charge' && isMoney(object))
  const isLetGo = linked.some(
    ({ kind, object }) => kind === 'payment_intent' && object['status'] === 'canceled',
  )
  if (isLetGo && !isCaptured) return null
  // Each way to learn of it may be late: the latest of their first words is an upper bound.
  const firsts = [sights.filter(isPaidSession), linked.filter(({ object }) => isMoney(object))]
    .filter((ways) => ways.length > 0)
    .map((ways) => Math.min(...ways.map(({ at }) => at)))
  return firsts.length === 0 ? null : Math.max(...firsts)
}

/** Under `grantWhileProcessing` a debit on its way counts, until it fails or takes too long. */
function underWayUntil(sights: readonly Sight[], { policy }: Ware): number | null {
  const hasFailed = sights.some(({ type }) => type === 'checkout.session.async_payment_failed')
  const complete = sights.filter(({ object }) => object['status'] === 'complete')
  if (!policy.grantWhileProcessing || hasFailed || complete.length === 0) return null
  return Math.min(...complete.map(({ at }) => at))
}

/** What a Session sold: its metadata says it outright, a read or its invoice shows it. */
function soldBy(
  subset: Subset,
  wares: Wares,
  sights: readonly Sight[],
  joined: readonly string[],
): Map<Ware, number> {
  const sold = new Map<Ware, number>()
  for (const { object } of [...sights, ...joined.flatMap((id) => subset.of(id))]) {
    const named = wares.named(((object['metadata'] ?? {}) as Json)['proviso_product'])
    if (named !== undefined) return new Map([[named, 1]])
    if (object['object'] === 'checkout.session') {
      for (const item of listIn(object['line_items'])) {
        const price = (item['price'] ?? {}) as Json
        note(sold, wares.ofPrice(String(price['id'])), item['quantity'])
      }
    }
  }
  if (sold.size > 0) return sold
  const bills = new Set(
    joined.flatMap((id) => subset.mentioning(id).flatMap(({ ids }) => [...ids, id])),
  )
  for (const id of bills) {
    if (!id.startsWith('in_')) continue
    for (const line of billOf(subset, wares, id).lines) note(sold, line.ware, line.quantity)
  }
  return sold
}

function note(sold: Map<Ware, number>, ware: Ware | undefined, quantity: unknown): void {
  if (ware !== undefined) sold.set(ware, (sold.get(ware) ?? 0) + Number(quantity ?? 1))
}

/** One-time lines of paid invoices (SPEC, R01). */
function invoices(subset: Subset, wares: Wares, names: Names): Pass[] {
  const ids = new Set(subset.ofKind('invoice').map(({ id }) => id))
  return [...ids].flatMap((id) => {
    const bill = billOf(subset, wares, id)
    if (!bill.isPaid) return []
    const amount = Math.max(0, ...bill.sights.map(({ object }) => Number(object['amount_paid'])))
    return bill.lines.flatMap(({ ware, isOfItem, isProration, amount: price, quantity }) => {
      if (ware === undefined || isOfItem || isProration || price < 0) return []
      if (isTakenBack(subset, ware, id, amount)) return []
      return [{ ware, count: quantity, paidAt: bill.paidAt, names: names.ofInvoice(id) }]
    })
  })
}

/** A PaymentIntent of the app's own that names its product in metadata. */
function intents(subset: Subset, wares: Wares, names: Names): Pass[] {
  return subset.ofKind('payment_intent').flatMap(({ id, at, object }) => {
    const ware = wares.named(((object['metadata'] ?? {}) as Json)['proviso_product'])
    if (ware === undefined || !isMoney(object)) return []
    const amount = Number(object['amount_received'] ?? object['amount'])
    if (isTakenBack(subset, ware, id, amount)) return []
    return [{ ware, count: 1, paidAt: at, names: names.ofIntent(id) }]
  })
}

function isTakenBack(subset: Subset, { policy }: Ware, target: string, amount: number): boolean {
  if (policy.dispute !== 'keep' && isDisputed(subset, target)) return true
  if (policy.oneTimeRefund === 'keep' && policy.partialRefund === 'keep') return false
  const back = refundedOf(subset, target)
  if (back <= 0) return false
  return policy.partialRefund === 'revoke' || (policy.oneTimeRefund !== 'keep' && back >= amount)
}

/** End of the last of several passes of one ware: each begins where the one before it ended (R30). */
export function passesUntil(passes: readonly Pass[], ware: Ware): number {
  if (passes.length === 0) return -Infinity
  if (ware.durationDays === null) return Infinity
  let end = -Infinity
  for (const { paidAt, count } of [...passes].sort((a, b) => a.paidAt - b.paidAt)) {
    const times = ware.countsQuantity ? 1 : Math.max(1, count)
    end = Math.max(paidAt, end) + ware.durationDays * times * DAY
  }
  return end
}
