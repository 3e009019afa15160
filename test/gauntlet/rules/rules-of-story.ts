import { compileCatalog } from '../../../src/core/compile-catalog.ts'
import { CURRENT, played } from '../../sandbox/decided/decided-stage.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import { Holding, parcelOf } from '../../support/holding.ts'
import { bodyAt } from '../../support/stripe/index.ts'
import { RULES_OF_ROWS } from './rules-of-rows.ts'
import { rulesOf } from './rules-of-reasons.ts'

/**
 * The rules a story puts to work: those its verdicts name while its events come in, forwards and
 * backwards, and those its rows or itself declare.
 */
export async function rulesOfStory(story: Scenario): Promise<string[]> {
  const { catalog, bodies, end, close } = await played(story)
  const compiled = compileCatalog(catalog)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  const rules = new Set([
    ...story.rows.flatMap((row) => RULES_OF_ROWS[row] ?? []),
    ...(story.rules ?? []),
  ])
  const parcels = bodies(CURRENT).map(parcelOf)
  for (const order of [parcels, parcels.toReversed()]) {
    const held = new Holding()
    for (const [index, parcel] of order.entries()) {
      held.add(parcel)
      const at = order === parcels ? bodyAt(parcel.body) : end
      // Events of one second are one step of the story.
      const next = order[index + 1]
      if (next !== undefined && bodyAt(next.body) === bodyAt(parcel.body)) continue
      for (const decision of Object.values(held.evaluate(compiled.catalog, at))) {
        for (const rule of rulesOf(decision)) rules.add(rule)
      }
    }
  }
  await close()
  return [...rules].sort()
}
