import type { Catalog } from '../../core/compile-catalog.ts'
import type { Grant } from '../../core/decision.ts'
import type { Scope } from '../../core/fact.ts'
import type { Database } from '../../store/database.ts'
import type { CustomerKey } from '../../store/statements/customers.ts'
import { readDatabaseTime } from '../../store/statements/pending.ts'
import { checkQuery, checkText } from '../check-input.ts'
import type { Access } from '../engine.ts'
import type { HoldReader } from '../hold-setting.ts'
import type { StandingSource } from './load-standings.ts'
import type { MeterApi } from '../../stripe/meter-api.ts'
import { createCancelUsage } from './cancel-usage.ts'
import type { ReportEngine } from './report-contract.ts'
import { createReportLists } from './report-list.ts'
import { createReconcile } from './report-reconcile.ts'
import { createUsageReader } from './read-usage.ts'
import { createBatchRun } from './run-batch.ts'
import { createRetelling } from './retell-alerts.ts'
import { createFold } from './fold-usage.ts'
import type { Operation } from './operation.ts'
import { createTracks } from './tracks.ts'
import { createCommitter } from './until-committed.ts'
import type { Answer } from './usage-answer.ts'
import { createUsageBatches } from './usage-batches.ts'
import type { UsageEngine } from './usage-contract.ts'
import { createUsage } from './usage.ts'
import type { Written } from './write-standings.ts'

export interface UsageEngineOptions {
  database: Database
  catalog: Catalog
  /** Unix seconds; null: the database's clock. */
  now: (() => Promise<number>) | null
  readHold: HoldReader
  scopeOf: (scope?: Partial<Scope>) => Promise<Scope>
  readAccess: (customer: string, scope: Scope) => Promise<Access>
  wake: (customers: readonly CustomerKey[]) => Promise<void>
  decide: ((customer: string, scope: Scope) => Promise<Grant[]>) | null
  assertReady: () => Promise<void>
  announce: (position: number | null) => void
  /** null: Stripe is not asked. */
  api: MeterApi | null
}

/**
 * Transactions at once. A customer's uses share a lane, so lanes seldom wait for each other; a second
 * one uses the time in which the first waits for the disk.
 */
const LANES = 2

export function createUsageEngine(options: UsageEngineOptions) {
  const { database, catalog, now, readHold, scopeOf, readAccess, decide } = options
  const source: StandingSource = { catalog, now, readHold }
  const { wake, announce, assertReady } = options
  const untilCommitted = createCommitter({ database, wake })
  const retelling = createRetelling({ source, untilCommitted, announce })
  const committed = ({ position, untold }: Written) => {
    announce(position)
    retelling.later(untold)
  }
  const apply = createBatchRun({ source, untilCommitted, committed })
  const lanes = Array.from({ length: LANES }, () =>
    createUsageBatches<Operation, Answer>({ apply }),
  )
  const tracks = createTracks({ database, catalog, now })
  const reader = createUsageReader({ database, source, readAccess, decide })
  const reconcile = createReconcile({
    ...{ database, api: options.api, scopeOf },
    now: now ?? (() => readDatabaseTime(database)),
  })
  const operations: UsageEngine & ReportEngine = {
    ...createReportLists({ database, scopeOf }),
    cancelUsage: createCancelUsage({ source, untilCommitted, scopeOf, assertReady, committed }),
    async reconcileUsage(query = {}) {
      checkQuery(query, 'customer', 'meter')
      return reconcile(query)
    },
    ...createUsage({ catalog, tracks, lanes, scopeOf, assertReady }),
    async usage(customer, feature, scope) {
      checkText('customer', customer)
      return reader.usage(customer, feature, await scopeOf(scope))
    },
  }
  return {
    operations,
    check: reader.check,
    fold: createFold({ source, untilCommitted, committed }),
    async close() {
      await Promise.all([...lanes, tracks].map((lane) => lane.close()))
      await retelling.close()
    },
  }
}
