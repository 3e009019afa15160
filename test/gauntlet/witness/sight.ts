import { type Body, bodyAt, bodyObject, isEvent, type Json } from '../../support/stripe/index.ts'

/** One body, opened. */
export interface Sight {
  /** The event's type, or `read`. */
  readonly type: string
  /** Unix seconds at which it came about. */
  readonly at: number
  readonly object: Json
  /** The object's kind and id, as Stripe names them. */
  readonly kind: string
  readonly id: string
  /** Every Stripe id written anywhere in the object. */
  readonly ids: ReadonlySet<string>
}

const opened = new WeakMap<Body, Sight>()

export function sightOf(body: Body): Sight {
  const known = opened.get(body)
  if (known !== undefined) return known
  const object = bodyObject(body)
  const sight = {
    type: isEvent(body) ? body.type : 'read',
    at: bodyAt(body),
    object,
    kind: String(object['object'] ?? ''),
    id: String(object['id'] ?? ''),
    ids: idsIn(object),
  }
  opened.set(body, sight)
  return sight
}

/** Every text that may be an id of Stripe's. */
export function idsIn(value: unknown): Set<string> {
  return new Set(JSON.stringify(value).match(/(?<=")[a-z]{2,8}_[A-Za-z0-9_]{3,}(?=")/g))
}

/**
 * The sights that may be the latest: those no gap of over a minute divides from the last one. Between
 * such groups the second of creation decides; within one it is a hint (stripe-facts §6.3).
 */
export function latestOf(sights: readonly Sight[]): Sight[] {
  const sorted = [...sights].sort((a, b) => b.at - a.at)
  const gap = sorted.findIndex(
    (sight, index) => (sorted[index - 1]?.at ?? sight.at) - sight.at > 60,
  )
  return gap === -1 ? sorted : sorted.slice(0, gap)
}

export function listIn(value: unknown): Json[] {
  return (value as { data?: Json[] } | null | undefined)?.data ?? []
}

export function numberIn(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
