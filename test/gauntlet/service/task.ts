import type { LateResult } from '../live/run-late.ts'
import type { LiveResult } from '../live/run-live.ts'
import type { ServiceResult } from './result.ts'

/** What a worker process is told to do. Stories go by their place in STORIES. */
export type Task =
  | { readonly kind: 'service'; readonly story: number; readonly orders: number }
  | { readonly kind: 'contest'; readonly story: number; readonly lateOrders: number }

/** What it needs once. */
export interface Briefing {
  readonly seed: string
  /** A PostgreSQL server on which it may create databases. */
  readonly serverUrl: string
  readonly withPeers: boolean
}

export interface Contest {
  readonly live: readonly LiveResult[]
  readonly late: readonly LateResult[]
}

export interface Outcomes {
  service: ServiceResult
  contest: Contest
}

export type Outcome = { readonly story: number } & (
  | { readonly kind: 'service'; readonly result: ServiceResult }
  | { readonly kind: 'contest'; readonly result: Contest }
  /** It could not be done at all. */
  | { readonly kind: 'failed'; readonly error: string }
)
