import type { Json } from '../../support/stripe/index.ts'
import { type Bill, billOf } from './bill.ts'
import { latestOf, listIn, numberIn, type Sight } from './sight.ts'
import type { Subset } from './subset.ts'
import type { Ware, Wares } from './wares.ts'

/** What a subset shows of one subscription. */
export interface View {
  readonly id: string
  readonly subset: Subset
  readonly wares: Wares
  readonly snapshots: readonly Sight[]
  /** Those that may be its latest word. */
  readonly latest: readonly Sight[]
  readonly bills: readonly Bill[]
  /** Checkout Sessions that name it. */
  readonly sessions: readonly Sight[]
  readonly customer: string | null
}

export function viewOf(subset: Subset, wares: Wares, id: string): View {
  const snapshots = subset.of(id)
  const latest = latestOf(snapshots)
  // `incomplete` is only ever the first status (stripe-facts §6.1).
  const later = latest.filter(({ object }) => object['status'] !== 'incomplete')
  // A preview of what is to come has no id.
  const bills = new Set(
    subset
      .mentioning(id, 'invoice')
      .flatMap(({ object }) =>
        typeof object['id'] === 'string' && object['id'] !== '' ? [object['id']] : [],
      ),
  )
  return {
    id,
    subset,
    wares,
    snapshots,
    latest: later.length === 0 ? latest : later,
    bills: [...bills].map((bill) => billOf(subset, wares, bill)),
    sessions: subset.mentioning(id, 'checkout.session'),
    customer: customerOf(subset, id),
  }
}

function customerOf(subset: Subset, id: string): string | null {
  for (const { object } of subset.mentioning(id)) {
    const customer = object['customer']
    if (typeof customer === 'string') return customer
  }
  return null
}

export function itemsOf({ object }: Sight): Json[] {
  return listIn(object['items'])
}

export function priceOf(item: Json): string {
  const price = item['price'] ?? item['plan']
  return String(typeof price === 'object' ? (price as Json | null)?.['id'] : price)
}

export function holds(sight: Sight, ware: Ware, wares: Wares): boolean {
  return itemsOf(sight).some((item) => wares.ofPrice(priceOf(item)) === ware)
}

/** Ends of the current periods that a snapshot shows, its items' own or, before basil, its own. */
export function periodsOf(sight: Sight): { from: number; to: number }[] {
  return [sight.object, ...itemsOf(sight)].flatMap((each) => {
    const to = numberIn(each['current_period_end'])
    return to === null ? [] : [{ from: Number(each['current_period_start'] ?? to), to }]
  })
}

/** Ended for good, or its customer deleted. */
export function isOver({ snapshots, subset, customer }: View): boolean {
  const isEnded = snapshots.some(
    ({ type, object }) =>
      object['status'] === 'canceled' ||
      object['status'] === 'incomplete_expired' ||
      (object['ended_at'] ?? null) !== null ||
      type === 'customer.subscription.deleted',
  )
  if (isEnded || customer === null) return isEnded
  return subset
    .of(customer)
    .some(({ type, object }) => type === 'customer.deleted' || object['deleted'] === true)
}

/**
 * Everything that may be the latest word says: paused, past its date of cancellation, or unpaid with
 * its latest invoice not known as paid (paying that one revives it, stripe-facts row 46).
 */
export function isHalted({ latest, bills }: View, at: number): boolean {
  if (latest.length === 0) return false
  return latest.every((sight) => {
    const { object } = sight
    const status = object['status']
    const end =
      numberIn(object['cancel_at']) ??
      (object['cancel_at_period_end'] === true
        ? Math.max(...periodsOf(sight).map(({ to }) => to))
        : null)
    const isRevived = bills.some(
      ({ id, isPaid, created }) =>
        isPaid && (id === object['latest_invoice'] || created > sight.at),
    )
    return status === 'paused' || (status === 'unpaid' && !isRevived) || (end !== null && end <= at)
  })
}

/** Every latest word has this status. */
export function isAll({ latest }: View, status: string): boolean {
  return latest.length > 0 && latest.every(({ object }) => object['status'] === status)
}

export function isAny({ latest }: View, status: string): boolean {
  return latest.some(({ object }) => object['status'] === status)
}
