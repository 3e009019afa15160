import type { Reason } from '../../core/decision.ts'
import type { Scope } from '../../core/fact.ts'
import type { Allowance, Hold } from '../../core/usage/ledger.ts'
import type { HistoryEntry } from '../../core/usage/history.ts'

/** What the faces may ask about metered features and credits. Times are Unix seconds. */
export interface UsageEngine {
  /**
   * Records what was used, in full, whatever is left. Resolves after the commit; what is left then is
   * for `usage`, `check` and `consume` to say, which count all that was recorded before.
   */
  track(event: UsageEvent): Promise<TrackAnswer>
  /** Up to 1,000 at once; one that cannot be recorded leaves the others alone. Answers in their order. */
  trackMany(events: readonly UsageEvent[]): Promise<TrackLine[]>
  /** Takes all of the quantity, or nothing: however many ask at once, no unit is given twice. */
  consume(request: UsageEvent): Promise<ConsumeAnswer>
  /** Sets units aside for work whose cost is not known yet. */
  reserve(request: ReserveRequest): Promise<ReserveAnswer>
  /** Gives the reservation back and records what the work cost. */
  finalise(request: FinaliseRequest): Promise<FinaliseAnswer>
  /** Gives the reservation back. */
  release(request: ReleaseRequest): Promise<ReleaseAnswer>
  usage(customer: string, feature: string, scope?: Partial<Scope>): Promise<CustomerUsage>
}

export interface UsageEvent extends Partial<Scope> {
  customer: string
  feature: string
  /** A whole number from 1. @defaultValue 1 */
  quantity?: number
  /** Up to 100 printable characters: the same id is recorded once, for good. @defaultValue a random one */
  id?: string
  /** When it was used: up to 35 days ago, up to 5 minutes ahead. @defaultValue now */
  at?: number
}

export interface ReserveRequest extends UsageEvent {
  /** Seconds after which it counts as released, up to 7 days. @defaultValue 900 */
  expiresIn?: number
}

export interface FinaliseRequest extends Partial<Scope> {
  /** The reservation's. */
  id: string
  /** What was used: a whole number from 0, which may exceed what was reserved. */
  quantity: number
}

export interface ReleaseRequest extends Partial<Scope> {
  /** The reservation's. */
  id: string
}

/** How much of a feature is used and left. */
export interface UsageStanding {
  /** Units used in this period, those on hold included; of credits: of all grants that hold. */
  used: number
  /** null: without limit. */
  limit: number | null
  /** null: without limit. */
  remaining: number | null
  /** When the first of the periods ends and a new one begins, or credits expire; null: never. */
  resetsAt: number | null
}

export interface TrackAnswer {
  id: string
  customer: string
  feature: string
  quantity: number
  /** The second the usage belongs to. */
  at: number
  /** false: it was on record before, and nothing was recorded now. */
  isNew: boolean
  /** The second the answer holds for. */
  asOf: number
}

export type TrackLine = { ok: true; answer: TrackAnswer } | { ok: false; error: unknown }

interface UsageAnswer extends TrackAnswer {
  /** Of the period that `at` lies in. */
  usage: UsageStanding
}

interface TakenAnswer extends UsageAnswer {
  /** The part of the quantity that nothing included covers. */
  over: number
}

export interface ConsumeAnswer extends TakenAnswer {
  /** false: nothing was taken. */
  allowed: boolean
  /** Why not; null where it is allowed. */
  reason: Reason | null
}

export interface ReserveAnswer extends ConsumeAnswer {
  /** From then on it counts as released. */
  expiresAt: number
}

export interface FinaliseAnswer extends TakenAnswer {
  /** What had been set aside. */
  reserved: number
}

export interface ReleaseAnswer extends Omit<UsageAnswer, 'quantity'> {
  /** What had been set aside. */
  reserved: number
}

export interface CustomerUsage extends UsageStanding {
  customer: string
  feature: string
  type: 'metered' | 'credits'
  /** The feature may be used at all. */
  allowed: boolean
  /** Used beyond everything included, in this period. */
  over: number
  asOf: number
  /** What gives the units, soonest to end first. */
  allowances: readonly Allowance[]
  holds: readonly Hold[]
  /** Credits only: what was granted and spent, whose sum is `remaining`. */
  history: readonly HistoryEntry[]
}
