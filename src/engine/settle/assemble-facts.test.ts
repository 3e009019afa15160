import { describe, expect, test } from 'vitest'
import { stories } from '../../../test/support/stories/index.ts'
import { toObservation } from '../../../test/support/stripe/index.ts'
import { compileCatalog } from '../../core/compile-catalog.ts'
import { decide } from '../../core/decide.ts'
import type { AnySnapshot } from '../../core/fact.ts'
import { buildFacts, type Facts } from '../../core/facts.ts'
import { findSources } from '../../core/sources.ts'
import { reduce } from '../../stripe/reduce.ts'
import { assembleFacts } from './assemble-facts.ts'

/** Every story in every shape it can be known in. */
const tellings = stories.flatMap((story) =>
  story.shapes.map((shape) => ({
    name: `${story.name} (${shape})`,
    catalog: story.catalog,
    at: story.checkpoints.at(-1)?.at ?? 0,
    snapshots: story.build(shape).flatMap((body) => reduce(toObservation(body)).snapshots),
  })),
)

function byObject(snapshots: readonly AnySnapshot[]): AnySnapshot[][] {
  const objects = new Map<string, AnySnapshot[]>()
  for (const snapshot of snapshots) {
    const name = `${snapshot.type} ${snapshot.object}`
    objects.set(name, [...(objects.get(name) ?? []), snapshot])
  }
  return [...objects.values()]
}

/** Assembled from folds of each object by itself: what is met once is folded all together. */
function assembled(sets: AnySnapshot[][]): Facts {
  assembleFacts(sets)
  return assembleFacts(sets)
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  const inner: Iterable<unknown> = value instanceof Map ? value.values() : Object.values(value)
  for (const part of inner) deepFreeze(part)
}

describe('facts assembled from what each object was folded to', () => {
  test.each(tellings)('are those of the whole set: $name', ({ snapshots }) => {
    const objects = byObject(snapshots)
    const whole = buildFacts(snapshots)

    expect(assembleFacts(objects)).toEqual(whole)
    // From here on each object by itself, and the third time nothing is folded again.
    expect(assembleFacts(objects)).toEqual(whole)
    expect(assembleFacts(objects.toReversed())).toEqual(whole)
  })

  test('list objects in the order a whole fold lists them', () => {
    for (const { snapshots } of tellings) {
      const orders = [assembled(byObject(snapshots).toReversed()), buildFacts(snapshots)].map(
        ({ missing, unknown, ...maps }) => [
          Object.values(maps).map((map) => [...map.keys()]),
          [...missing],
          unknown,
        ],
      )
      expect(orders[0]).toEqual(orders[1])
    }
  })

  test('unite what is filed of one object under two keys', () => {
    for (const { snapshots } of tellings) {
      const halves = byObject(snapshots).flatMap((list) => [
        list.filter((_, index) => index % 2 === 0),
        list.filter((_, index) => index % 2 === 1),
      ])
      expect(assembled(halves)).toEqual(buildFacts(snapshots))
    }
  })

  test('may be shared between verdicts: deciding changes nothing of them', () => {
    for (const { snapshots, catalog: definition, at } of tellings) {
      const compiled = compileCatalog(definition)
      if (!compiled.ok) throw new Error('The story has no valid catalog.')
      const { catalog } = compiled
      const facts = assembled(byObject(snapshots))
      deepFreeze(snapshots)
      for (const part of Object.values(facts)) deepFreeze(part)

      const { owners } = findSources(facts, catalog, at)

      for (const customer of owners) decide({ facts, customer, catalog, now: at })
    }
  })
})
