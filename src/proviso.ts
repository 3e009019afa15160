import type { Pool } from 'pg'
import { splitList } from './config/secret.ts'
import type { CatalogDefinition } from './core/catalog.ts'
import type { Scope } from './core/fact.ts'
import type { Story } from './core/explain.ts'
import { createEngine } from './engine/create-engine.ts'
import type {
  Access,
  ChangeHandler,
  CheckAnswer,
  CheckQuestion,
  ConsumerOptions,
  Engine,
  ExplainQuestion,
  GrantRequest,
  RevokeRequest,
  TickReport,
} from './engine/engine.ts'
import type {
  CancelAnswer,
  CancelRequest,
  Reconciliation,
  ReconcileQuery,
  ReportsPage,
  ReportsQuery,
  RetryQuery,
  UsageCounts,
} from './engine/usage/report-contract.ts'
import type {
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
} from './engine/usage/usage-contract.ts'
import { createApp } from './http/app.ts'
import type { App } from './http/app.ts'
import { closedError, createStartingApp } from './http/starting-app.ts'
import { silentLog } from './log.ts'
import type { Log } from './log.ts'
import { createRegistration } from './registration.ts'
import type { Registration } from './registration.ts'
import type { Database } from './store/database.ts'
import { assertDurable } from './store/durability.ts'
import { migrate } from './store/migrate.ts'
import { openDatabase } from './store/open.ts'
import type { StripeClient } from './stripe/client.ts'

export interface ProvisoOptions<F extends string = string> {
  /** A PostgreSQL URL, a `pg` pool, or an object with the three methods of `Database`. */
  database: string | Pool | Database
  /** What `defineCatalog` made. */
  catalog: CatalogDefinition<F>
  /** Signing secrets of the webhook endpoint, `whsec_…`; several while one is rolled. */
  webhookSecrets: string | readonly string[]
  /** Bearer keys for `/v1`; none: the library works, `/v1` over HTTP refuses every call. */
  apiKeys?: string | readonly string[]
  /** An instance of the official SDK, for what only Stripe's API can tell; absent: such needs stay open. */
  stripe?: StripeClient | null
  /** PostgreSQL schema that holds all tables. @defaultValue 'proviso' */
  schema?: string
  /** The mode this deployment serves; null: both, each under its own keys. @defaultValue null */
  livemode?: boolean | null
  /**
   * 'resident': `start()` runs the work in this process. 'inRequest': no process stays, so a webhook
   * settles what it can after its commit, and a cron calls `tick()`. @defaultValue 'resident'
   */
  settle?: 'resident' | 'inRequest'
  /** Milliseconds a request may spend on settling with `settle: 'inRequest'`. @defaultValue 2000 */
  settleBudgetMs?: number
  /** Report usage of features with a `meter` to Stripe; needs `stripe`. @defaultValue true */
  reportUsage?: boolean
  /**
   * How: 'v1' sends each report alone and has it checked at once; 'v2Stream' sends a hundred together
   * for rates above 1,000 a second, in live mode only, and hears of what cannot count by thin events.
   * @defaultValue 'v1'
   */
  meterEvents?: 'v1' | 'v2Stream'
  /** Bring the schema up to date on first use. @defaultValue true */
  migrate?: boolean
  /** Lets `/v1` be called without a key, under loopback names only. @defaultValue false */
  allowUnauthenticated?: boolean
  /**
   * Unix seconds; for a sandbox whose time is moved, whose silences are then no outages.
   * @defaultValue the database's clock
   */
  now?: () => number | Promise<number>
  /** Aborted when the process begins to stop: streams end, new webhooks are answered 503. */
  signal?: AbortSignal
  /** A pino logger, or anything with its four methods. @defaultValue silent */
  log?: Log
}

export interface Proviso<F extends string = string> {
  /** The whole HTTP face; see the adapters for Node, Express, Fastify and Next.js. */
  fetch(request: Request): Promise<Response>
  /** May this customer use this feature, now? */
  check(question: CheckQuestion & { feature: F }): Promise<CheckAnswer>
  /** Everything a customer may use, until when and why. */
  access(customer: string, scope?: Partial<Scope>): Promise<Access>
  /** What happened to a customer and what follows from it, now or as of an earlier second. */
  explain(question: ExplainQuestion & { feature?: F }): Promise<Story>
  /**
   * Calls `handler` once per change in order per customer, inside an open transaction: what it writes
   * through `tx` commits together with the cursor. Answers how to stop.
   */
  onChange(name: string, handler: ChangeHandler, options?: ConsumerOptions): () => Promise<void>
  /** Grants a feature by hand; nothing that Stripe says erases it. */
  grant(
    request: GrantRequest & { feature: F },
  ): Promise<{ id: string; customer: string; feature: string }>
  revoke(request: RevokeRequest): Promise<{ revoked: string[] }>
  /** Records what was used, once per `id` for good, whatever is left. Resolves after the commit. */
  track(event: UsageEvent & { feature: F }): Promise<TrackAnswer>
  /** Up to 1,000 at once, answered one by one. */
  trackMany(events: readonly (UsageEvent & { feature: F })[]): Promise<TrackLine[]>
  /** Takes all of the quantity, or nothing where not enough is left. */
  consume(request: UsageEvent & { feature: F }): Promise<ConsumeAnswer>
  /** Sets units aside for work of unknown cost, until `finalise`, `release` or their expiry. */
  reserve(request: ReserveRequest & { feature: F }): Promise<ReserveAnswer>
  finalise(request: FinaliseRequest): Promise<FinaliseAnswer>
  release(request: ReleaseRequest): Promise<ReleaseAnswer>
  /** How much of a metered feature or of credits is used and left, and what gives it. */
  usage(customer: string, feature: F, scope?: Partial<Scope>): Promise<CustomerUsage>
  /** Takes back what was recorded by mistake, within 24 hours; Stripe is told. */
  cancelUsage(request: CancelRequest): Promise<CancelAnswer>
  /** Compares what was recorded with what Stripe counts, per Stripe customer, meter and period. */
  reconcileUsage(query?: ReconcileQuery): Promise<Reconciliation[]>
  /** Reports of usage to Stripe, latest first. */
  usageReports(query?: ReportsQuery): Promise<ReportsPage>
  /** Sends refused or dropped reports again, under another identifier; answers how many. */
  retryUsageReports(query?: RetryQuery): Promise<number>
  /** How many units were recorded, reported, accepted and refused; reads every report. */
  usageCounts(scope?: Partial<Scope>): Promise<UsageCounts>
  /** One bounded round of all work, for a cron where no process stays. */
  tick(options?: { budgetMs?: number }): Promise<TickReport>
  /** Connects and migrates if that has not happened; then works until `close()`. */
  start(): Promise<void>
  /** The engine itself, once connected. */
  engine(): Promise<Engine>
  /** Ends streams and work under way; closes the database if it was given as a URL. */
  close(): Promise<void>
}

const SETTLE_BUDGET_MS = 2_000

/**
 * Proviso inside an app. Nothing is connected until it is first used, and a failed connection is
 * tried again on the next use, so a database that is away at start does no lasting harm.
 *
 * @example
 * const proviso = createProviso({ database: process.env.DATABASE_URL, catalog, webhookSecrets })
 * await proviso.start()
 * const { allowed } = await proviso.check({ customer: 'ada', feature: 'export' })
 */
export function createProviso<const F extends string>(options: ProvisoOptions<F>): Proviso<F> {
  const closed = new AbortController()
  const closing =
    options.signal === undefined ? closed.signal : AbortSignal.any([closed.signal, options.signal])
  const log = options.log ?? silentLog
  const registrations = new Set<Registration>()
  let opening: Promise<Opened> | null = null

  function open(): Promise<Opened> {
    if (closed.signal.aborted) return Promise.reject(closedError())
    opening ??= connect(options, closing, log).then(
      (opened) => {
        for (const registration of registrations) registration.begin(opened.engine)
        return opened
      },
      (error: unknown) => {
        opening = null
        throw error
      },
    )
    return opening
  }
  const engine = async (): Promise<Engine> => (await open()).engine
  const app = createStartingApp(async () => (await open()).app)

  return {
    fetch: (request) => app.fetch(request),
    check: async (question) => (await engine()).check(question),
    access: async (customer, scope) => (await engine()).access(customer, scope),
    explain: async (question) => (await engine()).explain(question),
    onChange(name, handler, consumer) {
      const registration = createRegistration(name, handler, consumer)
      registrations.add(registration)
      if (opening !== null) void opening.then(({ engine }) => registration.begin(engine), ignore)
      return async () => {
        registrations.delete(registration)
        await registration.end()
      }
    },
    grant: async (request) => (await engine()).grant(request),
    revoke: async (request) => (await engine()).revoke(request),
    track: async (event) => (await engine()).track(event),
    trackMany: async (events) => (await engine()).trackMany(events),
    consume: async (request) => (await engine()).consume(request),
    reserve: async (request) => (await engine()).reserve(request),
    finalise: async (request) => (await engine()).finalise(request),
    release: async (request) => (await engine()).release(request),
    usage: async (customer, feature, scope) => (await engine()).usage(customer, feature, scope),
    cancelUsage: async (request) => (await engine()).cancelUsage(request),
    reconcileUsage: async (query) => (await engine()).reconcileUsage(query),
    usageReports: async (query) => (await engine()).usageReports(query),
    retryUsageReports: async (query) => (await engine()).retryUsageReports(query),
    usageCounts: async (scope) => (await engine()).usageCounts(scope),
    tick: async (budget) => (await engine()).tick(budget),
    start: async () => (await engine()).start(),
    engine,
    async close() {
      closed.abort()
      const opened = await opening?.catch(() => null)
      await opened?.close()
    },
  }
}

interface Opened {
  engine: Engine
  app: App
  close(): Promise<void>
}

async function connect<F extends string>(
  options: ProvisoOptions<F>,
  closing: AbortSignal,
  log: Log,
): Promise<Opened> {
  const { livemode = null, settle = 'resident' } = options
  const isOurs = typeof options.database === 'string'
  const database = await openDatabase({
    database: options.database,
    ...(options.schema === undefined ? {} : { schema: options.schema }),
  })
  try {
    if (options.migrate !== false) await migrate(database)
    // Law 1 promises no more than the database does: where that is less, it is said at every start.
    for (const reason of (await assertDurable(database)).reasons) log.warn({}, reason)
    const engine = await createEngine({
      database,
      catalog: options.catalog,
      stripe: options.stripe ?? null,
      livemode,
      mode: settle === 'resident' ? 'resident' : 'serverless',
      log,
      ...(options.reportUsage === undefined ? {} : { reportUsage: options.reportUsage }),
      ...(options.meterEvents === undefined ? {} : { meterEvents: options.meterEvents }),
      ...(options.now === undefined
        ? {}
        : {
            now: options.now,
            outageAfterSeconds: Number.MAX_SAFE_INTEGER,
            // Usage need not wait for real seconds to share a report: its hour may pass in one call.
            gatherSeconds: 0,
          }),
    })
    const app = createApp({
      engine,
      features: Object.keys(options.catalog.features),
      webhookSecrets: listOf(options.webhookSecrets),
      apiKeys: listOf(options.apiKeys ?? []),
      allowUnauthenticated: options.allowUnauthenticated ?? false,
      livemode,
      closing,
      log,
      afterCommit: settle === 'inRequest' ? () => settleNow(engine) : undefined,
    })
    return {
      engine,
      app,
      async close() {
        await engine.close()
        if (isOurs) await database.close()
      },
    }
  } catch (error) {
    if (isOurs) await database.close().catch(ignore)
    throw error
  }

  async function settleNow(engine: Engine): Promise<void> {
    try {
      await engine.tick({ budgetMs: options.settleBudgetMs ?? SETTLE_BUDGET_MS })
    } catch (error) {
      // The event is committed: it must be answered 2xx, and the next tick settles it.
      log.warn({ err: error }, 'settling in the request failed; the next tick goes on')
    }
  }
}

function listOf(value: string | readonly string[]): string[] {
  return typeof value === 'string' ? splitList(value) : [...value]
}

function ignore(): void {}
