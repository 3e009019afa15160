import type { Story } from './stories/index.ts'
import { type Body, bodyAt, bodyObject, isEvent, type Shape } from './stripe/index.ts'
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

/** The same history with each body in the shape of one API version or of another, at random. */
export function withMixedShapes(story: Story, random: Random): Variant[] {
  const others = new Map<string, Body>()
  for (const [key, body] of named(story.build('legacy'))) others.set(key, body)
  const mixed: Variant[] = []
  for (const [key, body] of named(story.build('basil'))) {
    const other = others.get(key)
    others.delete(key)
    const picked = other === undefined || random.chance(0.5) ? body : { ...other, id: body.id }
    mixed.push({ body: picked, at: bodyAt(body) })
  }
  // What only one version has at all (a join of its own, say) is told by that one.
  for (const body of others.values()) {
    mixed.push({ body: { ...body, id: `${body.id}legacy` }, at: bodyAt(body) })
  }
  return mixed
}

/** Bodies by what they tell of: event ids are counted, so they differ where a shape has an event more. */
function named(bodies: readonly Body[]): [string, Body][] {
  const counts = new Map<string, number>()
  return bodies.map((body) => {
    const name = `${body.type} ${String(bodyObject(body)['id'] ?? body.id)} ${String(bodyAt(body))}`
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return [`${name} ${String(count)}`, body]
  })
}

/** Both shapes in which a story can be mixed. */
export function isMixable(shapes: readonly Shape[]): boolean {
  return shapes.length > 1
}
