import { compareText } from './canonical.ts'
import type { Alert, Decision, FeatureAccess, Grant, Need } from './decision.ts'
import { describe } from './describe.ts'
import type { AnySnapshot } from './fact.ts'
import { groupByObject } from './facts.ts'

/** The story of one customer: what happened, what we concluded, what would change it. */
export interface Story {
  customer: string
  /** Second it is told for. */
  at: number
  /** null: all features. */
  feature: string | null
  features: Record<string, FeatureAccess>
  /** What happened, oldest first. */
  timeline: StoryEntry[]
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

/** Tells a decision's story from the same snapshots it was decided from. */
export function explain(
  decision: Decision,
  snapshots: Iterable<AnySnapshot>,
  feature: string | null = null,
): Story {
  const isTold = (name: string) => feature === null || name === feature
  const timeline = groupByObject(snapshots)
    .flat()
    .filter(({ type }) => type !== 'product' && type !== 'price')
    .map((snapshot) => ({
      at: snapshot.at,
      what: describe(snapshot),
      event: snapshot.observation,
      eventType: snapshot.eventType,
      object: snapshot.object,
    }))
    .sort((a, b) => a.at - b.at || compareText(a.event, b.event) || compareText(a.object, b.object))
  return {
    customer: decision.customer,
    at: decision.at,
    feature,
    features: Object.fromEntries(
      Object.entries(decision.features).filter(([name]) => isTold(name)),
    ),
    timeline,
    grants: decision.grants.filter((grant) => isTold(grant.feature)),
    needs: decision.needs,
    alerts: decision.alerts,
    wakeAt: decision.wakeAt,
  }
}
