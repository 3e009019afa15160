import { clean } from './canonical.ts'
import type { Catalog } from './compile-catalog.ts'
import type { AnySnapshot, BoughtPrice, SubscriptionItemState } from './fact.ts'
import { matchProduct } from './match.ts'

/** What things are called when people are told of them. */
export interface Names {
  /** `Pro`: the product's own name, else the catalog's, else whatever Stripe calls the price. */
  of(bought: Omit<BoughtPrice, 'quantity'>): string
  /** `3 × Pro and Support`. */
  list(bought: readonly BoughtPrice[]): string
  /** The same with how often it is billed, where names alone do not tell two prices apart. */
  listByInterval(items: readonly SubscriptionItemState[]): string
}

export function nameThings(snapshots: Iterable<AnySnapshot>, catalog: Catalog): Names {
  const products = new Map<string, string>()
  for (const { type, object, after } of snapshots) {
    if (type === 'product' && after?.name) products.set(object, clean(after.name))
  }
  const of = (bought: Omit<BoughtPrice, 'quantity'>) =>
    products.get(bought.product ?? '') ??
    matchProduct(catalog, bought)?.id ??
    clean(bought.lookupKey ?? bought.price ?? 'something unknown')
  return {
    of,
    list: (bought) => inWords([...new Set(bought.map((one) => times(one.quantity, of(one))))]),
    listByInterval: (items) =>
      inWords(items.map((item) => times(item.quantity, `${of(item)}${intervalOf(item)}`))),
  }
}

function times(quantity: number, name: string): string {
  return quantity === 1 ? name : `${quantity} × ${name}`
}

const ONCE_A: ReadonlyMap<string, string> = new Map([
  ['day', 'daily'],
  ['week', 'weekly'],
  ['month', 'monthly'],
  ['year', 'yearly'],
])

function intervalOf({ interval, intervalCount }: SubscriptionItemState): string {
  if (interval === null) return ''
  const word = ONCE_A.get(interval) ?? clean(interval)
  return intervalCount === 1 ? ` (${word})` : ` (every ${intervalCount} ${clean(interval)}s)`
}

/** `a`, `a and b`, `a, b and c`. */
export function inWords(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? ''
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`
}
