import { compareText } from '../../core/canonical.ts'
import type { AnySnapshot } from '../../core/fact.ts'
import { buildFacts, type Facts } from '../../core/facts.ts'

type Snapshots = readonly AnySnapshot[]
type ViewMap = Exclude<keyof Facts, 'missing' | 'unknown'>

/** What one object adds to the facts. */
interface Folded {
  views: { map: ViewMap; id: string; view: unknown }[]
  missing: string[]
  unknown: Facts['unknown']
}

const folded = new WeakMap<Snapshots, Folded>()
/** Met once: worth folding by itself only when met again. */
const met = new WeakSet<Snapshots>()

/**
 * `buildFacts` of everything together, for sets that are kept per object: each object is folded by
 * itself there, so those whose set has not changed since are not folded again. One event of a customer
 * with years of history changes one object of a thousand.
 */
export function assembleFacts(sets: readonly Snapshots[]): Facts {
  if (!sets.some((snapshots) => met.has(snapshots))) {
    for (const snapshots of sets) met.add(snapshots)
    return buildFacts(sets.flat())
  }
  const facts = buildFacts([])
  const sorted = [...byObject(sets)].sort(([a], [b]) => compareText(a, b))
  for (const [, snapshots] of sorted) {
    const { views, missing, unknown } = fold(snapshots)
    for (const { map, id, view } of views) (facts[map] as Map<string, unknown>).set(id, view)
    for (const id of missing) facts.missing.add(id)
    facts.unknown.push(...unknown)
  }
  return facts
}

/** One object may be filed under two keys: before and after its customer was known. */
function byObject(sets: readonly Snapshots[]): Map<string, Snapshots> {
  const found = new Map<string, Snapshots>()
  for (const snapshots of sets) {
    const [first] = snapshots
    if (first === undefined) continue
    const name = `${first.type}\n${first.object}`
    const other = found.get(name)
    found.set(name, other === undefined ? snapshots : [...other, ...snapshots])
  }
  return found
}

function fold(snapshots: Snapshots): Folded {
  const known = folded.get(snapshots)
  if (known !== undefined) return known
  met.add(snapshots)
  const { missing, unknown, ...maps } = buildFacts(snapshots)
  const views: Folded['views'] = []
  for (const [map, entries] of Object.entries(maps)) {
    for (const [id, view] of entries) views.push({ map: map as ViewMap, id, view })
  }
  const result: Folded = { views, missing: [...missing], unknown }
  folded.set(snapshots, result)
  return result
}
