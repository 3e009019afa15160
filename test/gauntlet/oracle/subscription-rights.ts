import type { Subscription, SubscriptionItem } from '../../../src/sandbox/tables.ts'
import { isPaid, stretchesOf, type Stretch } from './cover.ts'
import { isMetered, itemRight, type ItemRight } from './item-right.ts'
import type { Ledger } from './ledger.ts'
import type { TermsOfSale } from './terms-of-sale.ts'
import { usageStretches } from './usage-cover.ts'

/** What a subscription gives at a second, item by item. */
export function subscriptionRights(
  ledger: Ledger,
  sale: TermsOfSale,
  subscription: Subscription,
): ItemRight[] {
  const items = ledger.items(subscription)
  const stop = stopOf(ledger, sale, subscription)
  if (stop !== null) return items.map((item) => refused(item, stop))
  const licensed = items.filter((item) => !isMetered(item))
  const rights = licensed.map((item) => {
    const policy = sale.policyOf(sale.productSold(item.price))
    const stretches = placeOf(ledger, sale, subscription, item)
    return itemRight({ ledger, subscription, item, policy, stretches })
  })
  const metered = items.filter(isMetered).map((item) => {
    const policy = sale.policyOf(sale.productSold(item.price))
    if (licensed.length > 0) return riding(item, rights)
    const stretches = usageStretches(ledger, subscription, item, policy)
    return itemRight({ ledger, subscription, item, policy, stretches })
  })
  return [...rights, ...metered]
}

/** SPEC R12, R13, R15, R16, R23: what stops a whole subscription, whatever was paid. */
function stopOf(ledger: Ledger, sale: TermsOfSale, subscription: Subscription): string | null {
  const { status, ended_at: endedAt, cancel_at: cancelAt, latest_invoice: latest } = subscription
  const now = ledger.now(subscription.test_clock)
  if (status === 'canceled' || status === 'incomplete_expired' || endedAt !== null) return status
  if (ledger.page.get('customer', subscription.customer) === undefined) return 'customer deleted'
  if (cancelAt !== null && cancelAt <= now) return 'it was to end by now'
  if (status === 'paused') return status
  const isPaid = ledger.page.get('invoice', latest)?.status === 'paid'
  return status === 'unpaid' && !isPaid ? status : null
}

/**
 * What was billed for an item or, where nothing was, for the items that were gone when it came, or
 * for those beside it while no bill was made for it: a plan changed by another item is a plan
 * changed (SPEC R17; stripe-facts row 54).
 */
function placeOf(
  ledger: Ledger,
  sale: TermsOfSale,
  subscription: Subscription,
  item: SubscriptionItem,
): Stretch[] {
  const policy = sale.policyOf(sale.productSold(item.price))
  const own = stretchesOf(ledger, subscription, item.id, policy)
  if (own.some(isPaid)) return own
  const here = new Set(ledger.items(subscription).map(({ id }) => id))
  const others = ledger.itemsBilled(subscription.id).filter((id) => id !== item.id)
  const of = (ids: readonly string[]) =>
    ids.flatMap((id) => stretchesOf(ledger, subscription, id, policy))
  const before = of(others.filter((id) => !here.has(id)))
  if (before.length > 0) return [...before, ...own]
  return own.length > 0 ? own : of(others)
}

/** SPEC R28: usage beside something paid ahead is served as that is. */
function riding(item: SubscriptionItem, siblings: readonly ItemRight[]): ItemRight {
  const sibling = siblings.find(({ allowed }) => allowed) ?? siblings[0]
  return {
    ...refused(item, 'beside what is paid ahead'),
    allowed: sibling?.allowed === true,
    because: `beside what is paid ahead: ${sibling?.because ?? ''}`,
  }
}

function refused(item: SubscriptionItem, because: string): ItemRight {
  return { allowed: false, price: item.price.id, quantity: item.quantity ?? null, because }
}
