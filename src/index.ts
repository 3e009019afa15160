export { createProviso } from './proviso.ts'
export type { Proviso, ProvisoOptions } from './proviso.ts'

export { defineCatalog, compileCatalog } from './core/compile-catalog.ts'
export type {
  CatalogDefinition,
  FeatureDefinition,
  FeatureType,
  GrantDefinition,
  Policy,
  ProductDefinition,
  ProductPolicy,
} from './core/catalog.ts'
export type {
  Alert,
  FeatureAccess,
  Grant,
  GrantState,
  GrantValue,
  Need,
  NeedType,
  Reason,
} from './core/decision.ts'
export type { Story, StoryEntry } from './core/explain.ts'
export type { Turn } from './core/explain-turns.ts'
export type { Next } from './core/explain-next.ts'
export type { Conclusion, ConclusionKind } from './core/conclusion.ts'
export type { Deed } from './core/deed.ts'
export type { Scope } from './core/fact.ts'

export type {
  Access,
  Change,
  ChangeHandler,
  ChangesPage,
  ChangesQuery,
  CheckAnswer,
  CheckoutStatus,
  CheckQuestion,
  ConsumerOptions,
  DeadLetter,
  Engine,
  ExplainQuestion,
  GrantRequest,
  Health,
  RebuildReport,
  RevokeRequest,
  StoredEvent,
  TickReport,
  VerifyDifference,
  VerifyReport,
} from './engine/engine.ts'
export type {
  CancelAnswer,
  CancelRequest,
  Reconciliation,
  ReconcileQuery,
  ReportsPage,
  ReportsQuery,
  RetryQuery,
  UsageCounts,
  UsageReport,
  UsageTotals,
} from './engine/usage/report-contract.ts'
export type { ReportStatus } from './store/statements/usage-reports.ts'
export type {
  ConsumeAnswer,
  CustomerUsage,
  FinaliseAnswer,
  FinaliseRequest,
  ReleaseAnswer,
  ReleaseRequest,
  ReserveAnswer,
  ReserveRequest,
  TrackAnswer,
  TrackLine,
  UsageEvent,
  UsageStanding,
} from './engine/usage/usage-contract.ts'

export { webhookHandler } from './engine/feed/outgoing-webhooks.ts'
export type { OutgoingBody, OutgoingWebhook } from './engine/feed/outgoing-webhooks.ts'
export { PermanentFailure } from './engine/feed/permanent-failure.ts'

export { ERROR_CODES, isProvisoError, ProvisoError } from './errors.ts'
export type { ErrorCode } from './errors.ts'
export type { Database, Queryable } from './store/database.ts'
export type { StripeClient } from './stripe/client.ts'
export type { Log } from './log.ts'
