import { withDuplicates } from './orders.ts'
import type { Random } from './seeded.ts'
import type { Story } from './stories/index.ts'
import { type Body, bodyObject, isEvent, type Shape } from './stripe/index.ts'

/** One order in which a story's bodies reach the engine, in a namespace of its own. */
export interface EngineOrder {
  index: number
  shape: Shape
  isDoubled: boolean
  /** All that is delivered, by the settle pass before which it comes. */
  passes: Body[][]
}

/**
 * Plans one order: the shapes take turns, every other order delivers some events again, and the
 * deliveries are cut at random where the engine settles what it holds.
 */
export function planOrder(
  story: Story,
  { index, passes, random }: { index: number; passes: number; random: Random },
): EngineOrder {
  const shape = story.shapes[index % story.shapes.length] ?? 'basil'
  const isDoubled = random.chance(0.5)
  const bodies = random.shuffled(inNamespace(story.build(shape), index))
  const arrivals = isDoubled ? withDuplicates(bodies, random) : bodies
  const times = new Map<string, number>()
  const delivered = arrivals.map((body) => {
    const time = times.get(body.id) ?? 0
    times.set(body.id, time + 1)
    return time === 0 ? body : deliveredAgain(body, time)
  })
  return { index, shape, isDoubled, passes: cut(delivered, passes, random) }
}

/** Stripe counts `pending_webhooks` down between deliveries of one event. */
function deliveredAgain(body: Body, time: number): Body {
  return isEvent(body) ? { ...body, pending_webhooks: time + 1 } : body
}

/** Many of a story's orders share a database, so each gets objects and app customers of its own. */
function inNamespace(bodies: readonly Body[], index: number): Body[] {
  const mark = markOf(index)
  const objects = [...new Set(bodies.map(prefixOf))].join('|')
  const ids = new RegExp(`\\b([a-z]+_(?:${objects}))(\\d+)`, 'g')
  const customers = [...new Set(bodies.flatMap(namesIn))]
  let text = JSON.stringify(bodies).replace(ids, `$1${mark}$2`)
  for (const customer of customers) text = text.replaceAll(`"${customer}"`, `"${customer}${mark}"`)
  return JSON.parse(text) as Body[]
}

/** The name an app customer, or an object, of the story has in the order's namespace. */
export function nameIn(name: string, index: number): string {
  const mark = markOf(index)
  return name.includes('_') ? name.replace(/(\d+)$/, `${mark}$1`) : `${name}${mark}`
}

/** Undoes the namespace in anything that is plain data. */
export function withoutNamespace<T>(value: T, index: number): T {
  return JSON.parse(JSON.stringify(value).replaceAll(markOf(index), '')) as T
}

/** No id of a story holds a tilde. */
function markOf(index: number): string {
  return `~${String(index)}~`
}

function prefixOf(body: Body): string {
  const prefix = /^[a-z]+_(.*?)\d+$/.exec(body.id)?.[1]
  if (prefix === undefined) throw new Error(`${body.id} is not an id of a story`)
  return prefix
}

function namesIn(body: Body): string[] {
  const object = bodyObject(body)
  const metadata = (object['metadata'] ?? {}) as Record<string, unknown>
  return [metadata['customer_id'], object['client_reference_id']].filter(
    (name) => typeof name === 'string',
  )
}

function cut<T>(values: readonly T[], parts: number, random: Random): T[][] {
  const ends = Array.from({ length: parts - 1 }, () => random.below(values.length + 1))
  const sorted = [0, ...ends.sort((a, b) => a - b), values.length]
  return sorted.slice(1).map((end, index) => values.slice(sorted[index], end))
}
