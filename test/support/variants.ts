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
  const { pairs, extra } = pair(bodies, others)
  const mixed = pairs.map(({ body, other }) => {
    const picked = other !== undefined && random.chance(0.5) ? restamped(other, body) : body
    return { body: picked, at: bodyAt(body) }
  })
  return [...mixed, ...extra]
}

/**
 * The same history with some events held in both shapes under one id: pushed in the endpoint's
 * version, then backfilled in the account's (stripe-facts §2.1).
 */
export function withBackfilledShapes(
  bodies: readonly Body[],
  others: readonly Body[],
  random: Random,
): Variant[] {
  const { pairs, extra } = pair(bodies, others)
  const both = pairs.flatMap(({ body, other }) => {
    const at = bodyAt(body)
    const isBackfilled = other !== undefined && isEvent(body) && random.chance(0.6)
    return isBackfilled
      ? [
          { body, at },
          { body: restamped(other, body), at },
        ]
      : [{ body, at }]
  })
  return [...both, ...extra]
}

interface Pairs {
  pairs: { body: Body; other: Body | undefined }[]
  /** What only the other version has at all: a join of its own, say. */
  extra: Variant[]
}

/** Finds each body's like in the other shape: the same news of the same object at about the same time. */
function pair(bodies: readonly Body[], others: readonly Body[]): Pairs {
  const left = [...others]
  const pairs = bodies.map((body) => {
    const place = left.findIndex(
      (other) => nameOf(other) === nameOf(body) && Math.abs(bodyAt(other) - bodyAt(body)) <= 1,
    )
    const [other] = place === -1 ? [] : left.splice(place, 1)
    return { body, other }
  })
  const extra = left.map((body) => ({
    body: isEvent(body) ? { ...body, id: `${body.id}other` } : body,
    at: bodyAt(body),
  }))
  return { pairs, extra }
}

function nameOf(body: Body): string {
  return `${body.type} ${String(bodyObject(body)['id'] ?? body.id)}`
}

/** Event ids are counted, so they differ where a version has an event more. */
function restamped(body: Body, as: Body): Body {
  return isEvent(body) ? { ...body, id: as.id, created: bodyAt(as) } : body
}
