import type { Alert, FeatureAccess, Grant, Need, Reason } from '../core/decision.ts'
import type { Scope } from '../core/fact.ts'
import type { Story } from '../core/explain.ts'
import type { Queryable } from '../store/database.ts'
import type { ReportEngine } from './usage/report-contract.ts'
import type { UsageEngine, UsageStanding } from './usage/usage-contract.ts'

/** What the faces (HTTP, CLI, library) may ask of the engine. Times are Unix seconds. */
export interface Engine extends UsageEngine, ReportEngine {
  /** Resolves after the commit; rejects when the body could not be made durable. */
  ingest(event: IncomingEvent): Promise<IngestResult>
  access(customer: string, scope?: Partial<Scope>): Promise<Access>
  check(question: CheckQuestion): Promise<CheckAnswer>
  explain(question: ExplainQuestion): Promise<Story>
  grant(request: GrantRequest): Promise<{ id: string; customer: string; feature: string }>
  revoke(request: RevokeRequest): Promise<{ revoked: string[] }>
  grantsOf(customer: string, scope?: Partial<Scope>): Promise<Grant[]>
  changes(query: ChangesQuery): Promise<ChangesPage>
  /** Resolves when a change later than `after` may be there, or after `waitMs`. */
  waitForChanges(after: number, waitMs: number, signal?: AbortSignal): Promise<void>
  event(id: string): Promise<StoredEvent | null>
  checkoutStatus(session: string, waitSeconds: number): Promise<CheckoutStatus>
  onChange(name: string, handler: ChangeHandler, options?: ConsumerOptions): () => Promise<void>
  deadLetters(consumer?: string): Promise<DeadLetter[]>
  /** Puts dead deliveries back in line; answers how many. */
  retryDeadLetters(consumer: string, position?: number): Promise<number>
  releaseBreaker(): Promise<{ released: boolean }>
  health(): Promise<Health>
  rebuild(progress?: Progress): Promise<RebuildReport>
  verify(progress?: Progress): Promise<VerifyReport>
  /** One bounded round of everything a resident process does: settle, wakes, needs, feed. For a cron. */
  tick(options?: { budgetMs?: number }): Promise<TickReport>
  /** Resolves once every observation received before the call is settled. */
  settled(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

export interface IncomingEvent {
  account: string
  livemode: boolean
  id: string
  type: string
  created: number
  /** The body exactly as it was signed. */
  body: Uint8Array
}

export interface IngestResult {
  /** false: the same bytes were held before. */
  isNew: boolean
}

export interface Access {
  customer: string
  livemode: boolean
  account: string
  /** The second the answer holds for. */
  asOf: number
  features: Record<string, FeatureAccess>
  paymentMethodOnFile: boolean
  needs: Need[]
  alerts: Alert[]
}

export interface CheckQuestion extends Partial<Scope> {
  customer: string
  feature: string
  /** How many are wanted: in all, for quantity features; now, for what is used up. @defaultValue 1 */
  quantity?: number
}

export interface CheckAnswer extends FeatureAccess {
  customer: string
  feature: string
  asOf: number
  /** Metered features and credits only. */
  usage?: UsageStanding
}

export interface ExplainQuestion extends Partial<Scope> {
  customer: string
  feature?: string
  /** Unix seconds; default: now. What was known then, judged then. */
  at?: number
}

export interface GrantRequest extends Partial<Scope> {
  customer: string
  feature: string
  value?: number | boolean | null
  /** Unix seconds; absent: for good. */
  until?: number | null
  note?: string | null
  /** Makes the call idempotent. */
  id?: string
}

export type RevokeRequest = Partial<Scope> &
  ({ customer: string; id: string } | { customer: string; feature: string })

export interface Change {
  /** Stable: `chg_<position>`. */
  id: string
  position: number
  account: string
  livemode: boolean
  customer: string
  feature: string
  before: FeatureAccess
  after: FeatureAccess
  /** event | read | manual | clock | catalog | rebuild | linked | usage */
  cause: string
  observations: string[]
  decidedAt: number
}

export interface ChangesQuery {
  after?: number
  limit?: number
  customer?: string
}

export interface ChangesPage {
  changes: Change[]
  /** Pass as `after` for the next page. */
  next: number
  hasMore: boolean
}

/** `tx` is open: what it writes commits with the cursor, or not at all. */
export type ChangeHandler = (change: Change, tx: Queryable) => Promise<void>

export interface ConsumerOptions {
  /** @defaultValue 'beginning' for a new consumer. */
  from?: 'beginning' | 'now'
  /** @defaultValue 12 */
  maxAttempts?: number
  /** Milliseconds after which a handler counts as failed. @defaultValue 60000 */
  timeoutMs?: number
  /** Milliseconds before the nth retry. @defaultValue exponential from 1 s to 1 h */
  backoffMs?: (attempt: number) => number
}

export interface DeadLetter {
  consumer: string
  change: Change
  attempts: number
  lastError: string
}

export interface StoredEvent {
  id: string
  account: string
  livemode: boolean
  kind: 'event' | 'read' | 'manual'
  type: string
  created: number
  receivedAt: number
  isPending: boolean
  problem: string | null
  body: unknown
}

export interface CheckoutStatus {
  session: string
  status: 'complete' | 'processing' | 'failed' | 'expired' | 'unknown'
  customer: string | null
  /** Access as it stands once the session is known. */
  access: Access | null
  reasons: Reason[]
}

export interface Health {
  isReady: boolean
  database: 'up' | 'down'
  /** Observations not settled yet. */
  pending: number
  /** Age in seconds of the oldest of them. */
  lagSeconds: number
  openNeeds: number
  deadLetters: number
  alerts: number
  hold: { cause: 'outage' | 'breaker'; from: number; until: number | null } | null
  position: number
}

export type Progress = (done: number, total: number) => void

export interface RebuildReport {
  observations: number
  customers: number
  changes: number
}

export interface VerifyReport {
  observations: number
  customers: number
  changes: number
  differences: VerifyDifference[]
}

export interface VerifyDifference {
  kind: 'facts' | 'links' | 'access' | 'chain'
  subject: string
  message: string
}

export interface TickReport {
  settled: number
  woken: number
  reads: number
  /** Usage reports that came to count at Stripe. */
  reported: number
  delivered: number
  /** Work was left when the budget ran out. */
  hasMore: boolean
}
