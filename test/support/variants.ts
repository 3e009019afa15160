import { type Body, bodyAt, bodyObject, isEvent } from './stripe/index.ts'
import type { Random } from './seeded.ts'

/** A body of a variant and the second at which its original came into the world. */
export interface Variant {
  body: Body
  at: number
}

/**
 * The same history with some changes told by two Event objects: another id, the same request, stamped
 * in the same second or the next (stripe-facts §3).
 */
export function withDoubledEvents(bodies: readonly Body[], random: Random): Variant[] {
  return bodies.flatMap((body) => {
    const original = { body, at: bodyAt(body) }
    if (!isEvent(body) || !random.chance(0.6)) return [original]
    const created = body.created + random.below(2)
    const double = { ...structuredClone(body), id: `${body.id}twin`, created }
    return [original, { body: double, at: original.at }]
  })
}

/**
 * The same history with each body in its own shape or in that of another API version, at random. The
 * seconds are those of `bodies`: versions also differ in which of two events is stamped first.
 */
export function withMixedShapes(
  bodies: readonly Body[],
  others: readonly Body[],
  random: Random,
): Variant[] {
  const left = new Map(named(others))
  const mixed = named(bodies).map(([name, body]) => {
    const other = left.get(name)
    left.delete(name)
    const at = bodyAt(body)
    return { body: other !== undefined && random.chance(0.5) ? restamped(other, body) : body, at }
  })
  // What only the other version has at all (a join of its own, say) is told by that one.
  const extra = [...left.values()].map((body) => ({
    body: isEvent(body) ? { ...body, id: `${body.id}other` } : body,
    at: bodyAt(body),
  }))
  return [...mixed, ...extra]
}

/** Event ids are counted, so they differ where a version has an event more. */
function restamped(body: Body, as: Body): Body {
  return isEvent(body) ? { ...body, id: as.id, created: bodyAt(as) } : body
}

/** Bodies by what they tell of and how many times it was told before. */
function named(bodies: readonly Body[]): [string, Body][] {
  const counts = new Map<string, number>()
  return bodies.map((body) => {
    const name = `${body.type} ${String(bodyObject(body)['id'] ?? body.id)}`
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return [`${name} ${String(count)}`, body]
  })
}
