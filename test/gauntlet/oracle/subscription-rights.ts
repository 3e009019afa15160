import type { Subscription, SubscriptionItem } from '../../../src/sandbox/tables.ts'
import { isPaid, stretchesOf, type Stretch } from './cover.ts'
import { isMetered, itemRight, type ItemCase, type ItemRight } from './item-right.ts'
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
    const place = placeOf(ledger, sale, subscription, item)
    return itemRight({ ledger, subscription, item, policy, ...place })
  })
  const metered = items.filter(isMetered).map((item) => {
    const policy = sale.policyOf(sale.productSold(item.price))
    if (licensed.length > 0) return riding(item, rights)
    const stretches = usageStretches(ledger, subscription, item, policy)
    return itemRight({ ledger, subscription, item, policy, stretches, isGuest: false })
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
 * What was billed for an item, or in whose place it came: a plan changed by another item is a plan
 * changed (SPEC R17). What was added between bills is billed with those beside it: until its first
 * money comes, it has what they have paid for (stripe-facts row 54).
 */
function placeOf(
  ledger: Ledger,
  sale: TermsOfSale,
  subscription: Subscription,
  item: SubscriptionItem,
): Pick<ItemCase, 'stretches' | 'isGuest'> {
  const policy = sale.policyOf(sale.productSold(item.price))
  const of = (id: string) => stretchesOf(ledger, subscription, id, policy)
  const own = of(item.id)
  if (own.some(isPaid)) return { stretches: own, isGuest: false }
  const here = new Set(ledger.items(subscription).map(({ id }) => id))
  const others = ledger.itemsBilled(subscription.id).filter((id) => id !== item.id)
  const came = ledger.firstSight(subscription, item.id)
  const before = others
    .filter((id) => !here.has(id))
    .flatMap(of)
    .filter(({ invoice }) => invoice !== null && invoice.created < came)
  if (before.length > 0) return { stretches: [...before, ...own], isGuest: false }
  const beside = others.filter((id) => here.has(id)).flatMap(of)
  const isPaidBeside = beside.some(
    (stretch) => isPaid(stretch) && (stretch.invoice?.created ?? -Infinity) <= came,
  )
  const isGuest =
    own.length === 0 || (isPaidBeside && own.every((stretch) => isLeftForRenewal(stretch)))
  return { stretches: isGuest ? beside : own, isGuest }
}

/** Asked for with all the rest of a subscription, by a bill that nobody is given time for (SPEC R08, R11). */
function isLeftForRenewal({ invoice, standing }: Stretch): boolean {
  return (
    standing === 'none' &&
    invoice?.billing_reason === 'subscription_cycle' &&
    invoice.collection_method === 'charge_automatically'
  )
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
