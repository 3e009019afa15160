import type { CatalogDefinition } from '../../src/core/catalog.ts'
import type { FeatureAccess } from '../../src/core/decision.ts'
import type { Scope } from '../../src/core/fact.ts'
import { createEngine, type EngineOptions } from '../../src/engine/create-engine.ts'
import type { Change, Engine } from '../../src/engine/engine.ts'
import { createIntake } from '../../src/engine/intake.ts'
import type { Log } from '../../src/log.ts'
import { sqlState } from '../../src/store/connection-errors.ts'
import type { Database } from '../../src/store/database.ts'
import { type Body, toObservation } from './stripe/index.ts'

/** What the engine found worth a warning or an error. */
export interface Complaint {
  message: string
  err: unknown
  fields: Record<string, unknown>
}

export interface TestEngine {
  engine: Engine
  database: Database
  /** What the engine takes for the present second. */
  clock: { at: number }
  complaints: Complaint[]
  /** Makes bodies durable, all at once: events as deliveries, reads as the reader stores them. */
  post(bodies: readonly Body[], scope?: Partial<Scope>): Promise<void>
  /** Posts them and settles what is pending. */
  hold(bodies: readonly Body[], scope?: Partial<Scope>): Promise<void>
  close(): Promise<void>
}

export type TestEngineOptions = Partial<Omit<EngineOptions, 'database' | 'now' | 'catalog'>> & {
  catalog: CatalogDefinition
  /** Unix seconds. */
  at: number
}

/**
 * An engine with a clock that only the test moves. Moving it far is no outage and no mass loss, unless
 * a test asks for those.
 */
export async function openEngine(
  database: Database,
  { at, ...options }: TestEngineOptions,
): Promise<TestEngine> {
  const clock = { at }
  const complaints: Complaint[] = []
  const engine = await createEngine({
    livemode: false,
    log: complainingLog(complaints),
    outageAfterSeconds: Infinity,
    breaker: { minimum: Infinity },
    ...options,
    database,
    now: () => clock.at,
  })
  const reads = createIntake(database)

  async function post(bodies: readonly Body[], scope: Partial<Scope> = {}): Promise<void> {
    await Promise.all(
      bodies.map((body) => {
        const { kind, id, type, created } = toObservation(body)
        const row = { account: '', livemode: false, ...scope, id, type, created }
        const bytes = new TextEncoder().encode(JSON.stringify(body))
        return kind === 'event'
          ? engine.ingest({ ...row, body: bytes })
          : reads.submit({ ...row, kind, body: bytes })
      }),
    )
  }

  return {
    engine,
    database,
    clock,
    complaints,
    post,
    async hold(bodies, scope) {
      await post(bodies, scope)
      await engine.settled()
    },
    async close() {
      await reads.close()
      await engine.close()
    },
  }
}

function complainingLog(complaints: Complaint[]): Log {
  const complain = (fields: object, message: string) => {
    complaints.push({ message, err: (fields as { err?: unknown }).err, fields: { ...fields } })
  }
  return { debug() {}, info() {}, warn: complain, error: complain }
}

/** The four fields of an access that make a transition. */
export type BareAccess = Omit<FeatureAccess, 'reasons'>

export function bare({ allowed, state, value, until }: FeatureAccess): BareAccess {
  return { allowed, state, value, until }
}

export interface StoredVerdict {
  account: string
  livemode: boolean
  id: string
  access: Record<string, FeatureAccess>
  grants: unknown[]
  needs: unknown[]
  alerts: unknown[]
  decided_at: bigint | null
  wake_at: bigint | null
}

/** Forgets everything; cheaper than a database of its own for each test. */
export async function emptyDatabase(database: Database): Promise<void> {
  await database.query(
    `truncate proviso.observations, proviso.links, proviso.facts, proviso.customers,
       proviso.customer_roots, proviso.changes, proviso.needs, proviso.consumers,
       proviso.deliveries, proviso.settings, proviso.usage, proviso.usage_ledgers,
       proviso.usage_reports, proviso.usage_unfolded restart identity;
     update proviso.feed set position = 0`,
  )
}

/** The verdicts as they are stored, by app customer; `access(cus_…)` would answer for the owner. */
export async function storedVerdicts(database: Database): Promise<Map<string, StoredVerdict>> {
  const { rows } = await database.query<StoredVerdict>(
    `select account, livemode, id, access, grants, needs, alerts, decided_at, wake_at
     from proviso.customers order by id`,
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** Every change there is, oldest first. */
export async function allChanges(engine: Engine): Promise<Change[]> {
  const changes: Change[] = []
  for (let after = 0; ;) {
    const page = await engine.changes({ after, limit: 1000 })
    changes.push(...page.changes)
    if (!page.hasMore) return changes
    after = page.next
  }
}

/** What a change was, in a line: `ada/reports none → active (event)`. */
export function told({ customer, feature, before, after, cause }: Change): string {
  return `${customer}/${feature} ${before.state} → ${after.state} (${cause})`
}

/** The same database, and the SQLSTATE of every statement that failed in it. */
export function watching(database: Database): { database: Database; states: string[] } {
  const states: string[] = []
  const note = (error: unknown): never => {
    states.push(sqlState(error) ?? 'none')
    throw error
  }
  return {
    states,
    database: {
      query: (text, parameters) => database.query<never>(text, parameters).catch(note),
      transaction: (run) =>
        database.transaction((tx) =>
          run({ query: (text, parameters) => tx.query<never>(text, parameters).catch(note) }),
        ),
      close: () => database.close(),
    },
  }
}
