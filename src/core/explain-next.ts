import type { Catalog } from './compile-catalog.ts'
import { concluded, type Conclusion } from './conclusion.ts'
import { decide } from './decide.ts'
import type { Decision } from './decision.ts'
import type { AnySnapshot } from './fact.ts'
import type { Facts } from './facts.ts'
import { GrowingFacts } from './growing-facts.ts'
import type { Hold } from './hold.ts'
import { supposeNews, type Supposed } from './suppose.ts'

/** What would change it next. */
export interface Next {
  /** Without any news, earliest first. */
  clock: { at: number; conclusions: Conclusion[] }[]
  /** With news, and what would follow at once. */
  news: { what: string; objects: string[]; conclusions: Conclusion[] }[]
}

export interface NextOptions {
  decision: Decision
  snapshots: readonly AnySnapshot[]
  catalog: Catalog
  hold: Hold | null
  /** null: all features. */
  feature: string | null
}

/** Deadlines looked ahead to: a paid period, its window and its grace are three. */
const MOST_STEPS = 8
const MOST_TOLD = 3

/**
 * The future is decided by the same function as the past (law 3): by the clock on what is known,
 * and by news on what is known and the supposed news.
 */
export function lookAhead(options: NextOptions): Next {
  const { catalog, decision, feature, hold, snapshots } = options
  const growing = new GrowingFacts()
  const facts = growing.add(snapshots)
  const clock: Next['clock'] = []
  let verdict = decision
  for (let step = 0; step < MOST_STEPS && clock.length < MOST_TOLD; step += 1) {
    const at = verdict.wakeAt
    if (at === null) break
    const next = decide({ facts, customer: decision.customer, catalog, now: at, hold })
    const conclusions = concluded(verdict, next, { feature, isByClock: true, isWhyTold: true })
    if (conclusions.length > 0) clock.push({ at, conclusions })
    verdict = next
  }
  const news: Next['news'] = []
  for (const first of supposeNews(facts, options)) {
    for (let one: Supposed | undefined = first; one !== undefined; one = one.orElse) {
      const conclusions = follow(options, growing.supposing(one.snapshots))
      if (conclusions.length === 0) continue
      news.push({ what: one.what, objects: one.objects, conclusions })
      break
    }
  }
  return { clock, news }
}

function follow(options: NextOptions, facts: Facts): Conclusion[] {
  const { catalog, decision, feature, hold } = options
  const { at: now, customer } = decision
  return concluded(decision, decide({ facts, customer, catalog, now, hold }), { feature })
}
