import type { AnySnapshot } from '../core/fact.ts'

/** One raw row, body parsed. */
export interface Observation {
  kind: 'event' | 'read' | 'manual'
  /** `evt_…`, `read_…` or `act_…`. */
  id: string
  type: string
  /** Unix seconds. */
  created: number
  body: unknown
}

/** Body of an observation of kind `read`: what the API answered when we asked for one object. */
export interface ReadBody {
  object: 'proviso.read'
  type: string
  id: string
  /** Unix seconds at which the request started. */
  requested_at: number
  /** null: Stripe knows no such object (404). */
  result: unknown
}

/** Body of an observation of kind `manual`. */
export interface ManualBody {
  object: 'proviso.manual'
  id: string
  act: 'grant' | 'revoke'
  customer: string
  feature: string
  value: number | boolean | null
  /** Unix seconds. */
  from: number
  until: number | null
  note: string | null
}

export interface Reduction {
  snapshots: AnySnapshot[]
  /** Set when it should have given a fact and could not: the verdict stays, a person should look. */
  problem: { code: string; message: string } | null
}
