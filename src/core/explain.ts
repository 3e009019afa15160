import { compareText } from './canonical.ts'
import type { Catalog } from './compile-catalog.ts'
import type { Alert, Decision, FeatureAccess, Grant, Need } from './decision.ts'
import { decide } from './decide.ts'
import { describe } from './describe.ts'
import { lookAhead, type Next, type NextOptions } from './explain-next.ts'
import { retell, type Turn } from './explain-turns.ts'
import type { AnySnapshot } from './fact.ts'
import { buildFacts, groupByObject } from './facts.ts'
import type { Hold } from './hold.ts'

/** The story of one customer: what happened, what we concluded, what would change it. */
export interface Story {
  customer: string
  /** Second it is told for. */
  at: number
  /** null: all features. */
  feature: string | null
  features: Record<string, FeatureAccess>
  /** Everything that was observed, oldest first, one entry each. */
  timeline: StoryEntry[]
  /** The same told in turns: what happened, and what was concluded from it. */
  turns: Turn[]
  /** Observations in none of the turns, for they changed nothing. */
  unremarkable: number
  /** Observations before the first turn, of a story too long to be told whole. */
  earlier: number
  /** What would change it: the clock alone, or news. */
  next: Next
  grants: Grant[]
  needs: Need[]
  alerts: Alert[]
  /** Next second at which it changes by the clock alone. */
  wakeAt: number | null
}

export interface StoryEntry {
  at: number
  /** One plain sentence. */
  what: string
  event: string
  eventType: string
  object: string
}

export interface ExplainOptions {
  /** Decided from the same snapshots. */
  decision: Decision
  snapshots: Iterable<AnySnapshot>
  catalog: Catalog
  /** What the decision was made under. @defaultValue null */
  hold?: Hold | null
  /** @defaultValue null, all features */
  feature?: string | null
  /** Second at which an observation was known, where that was later than it happened. */
  knownAt?: ReadonlyMap<string, number>
}

/** Tells a decision's story from the same snapshots it was decided from. */
export function explain({
  decision,
  catalog,
  hold = null,
  feature = null,
  knownAt = new Map(),
  ...options
}: ExplainOptions): Story {
  const isTold = (name: string) => feature === null || name === feature
  const snapshots = groupByObject(options.snapshots).flat()
  const timeline = snapshots
    .filter(({ type }) => type !== 'product' && type !== 'price')
    .map((snapshot) => ({
      at: snapshot.at,
      what: describe(snapshot),
      event: snapshot.observation,
      eventType: snapshot.eventType,
      object: snapshot.object,
    }))
    .sort((a, b) => a.at - b.at || compareText(a.event, b.event) || compareText(a.object, b.object))
  const { customer, at } = decision
  const own = onOwnClock({ decision, snapshots, catalog, hold })
  return {
    customer,
    at,
    feature,
    features: Object.fromEntries(
      Object.entries(decision.features).filter(([name]) => isTold(name)),
    ),
    timeline,
    ...retell({ ...own, customer, catalog, now: own.decision.at, feature, knownAt }),
    next: lookAhead({ ...own, catalog, feature }),
    grants: decision.grants.filter((grant) => isTold(grant.feature)),
    needs: decision.needs,
    alerts: decision.alerts,
    wakeAt: decision.wakeAt,
  }
}

type Told = Pick<NextOptions, 'decision' | 'snapshots' | 'catalog' | 'hold'>

/**
 * A customer on a Stripe test clock lives on that: the story's seconds are the clock's, and it ends
 * where the clock stands. Its own ticks are no news, for they tell of real time (row 96).
 */
function onOwnClock({ decision, snapshots, catalog, hold }: Told): Omit<Told, 'catalog'> {
  const facts = buildFacts(snapshots)
  const clocks = [...facts.subscriptions.values(), ...facts.customers.values()].flatMap(
    ({ state }) => facts.testClocks.get(state.testClock ?? '')?.state.frozenTime ?? [],
  )
  if (clocks.length === 0) return { decision, snapshots, hold }
  const now = Math.max(...clocks)
  const told = snapshots.filter(({ type }) => type !== 'test_clock')
  const { customer } = decision
  const verdict = decide({ facts: buildFacts(told), customer, catalog, now, hold: null })
  return { decision: verdict, snapshots: told, hold: null }
}
