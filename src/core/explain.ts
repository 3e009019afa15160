import type { Alert, FeatureAccess, Grant, Need } from './decision.ts'

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
