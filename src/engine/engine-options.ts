import type { CatalogDefinition } from '../core/catalog.ts'
import { compileCatalog, type Catalog } from '../core/compile-catalog.ts'
import { ProvisoError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Database } from '../store/database.ts'
import { readDatabaseTime } from '../store/statements/pending.ts'
import type { StripeClient } from '../stripe/client.ts'
import { createMeterApi, type MeterApi } from '../stripe/meter-api.ts'
import { createReader, type Reader } from '../stripe/reads.ts'
import type { BreakerOptions } from './breaker.ts'

export interface EngineOptions {
  /** Migrated. The engine does not close it. */
  database: Database
  catalog: CatalogDefinition
  /** The official SDK, or a reader over it; null: needs stay open. */
  stripe?: StripeClient | Reader | null
  /**
   * Reports metered usage to Stripe; false: something else does, or nothing shall.
   * @defaultValue true where `stripe` is the SDK
   */
  reportUsage?: boolean
  /** How it is reported: one by one, or by the meter event stream. @defaultValue 'v1' */
  meterEvents?: 'v1' | 'v2Stream'
  /** Seconds that usage waits for more of its hour before it is reported. @defaultValue 10 */
  gatherSeconds?: number
  /** The mode reads answer for; null: the mode of the first event ever stored. */
  livemode?: boolean | null
  /**
   * 'resident' works in the background after `start()`; 'serverless' only in `tick()`; 'command' stands
   * beside a service: its reads write nothing, and it acts only with the service's own catalog.
   * @defaultValue 'resident'
   */
  mode?: 'resident' | 'serverless' | 'command'
  /** Unix seconds; default: the database's clock, which all processes share. */
  now?: () => number | Promise<number>
  log?: Log
  breaker?: BreakerOptions
  /**
   * Seconds without a heartbeat that count as an outage.
   * @defaultValue 900, serverless 93600, command: what the service last ran with
   */
  outageAfterSeconds?: number
  /** Observations settled in one transaction. @defaultValue 200 */
  batchSize?: number
}

export const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} }

export function compileOrThrow(definition: CatalogDefinition): Catalog {
  const compiled = compileCatalog(definition)
  if (compiled.ok) return compiled.catalog
  const list = compiled.problems.map(({ path, message }) => `  ${path || 'catalog'} ${message}`)
  throw new ProvisoError(
    'catalog_invalid',
    `The catalog has ${list.length} problem${list.length === 1 ? '' : 's'}:\n${list.join('\n')}`,
    { details: { problems: compiled.problems } },
  )
}

export function clockOf({ now, database }: EngineOptions): () => Promise<number> {
  if (now === undefined) return () => readDatabaseTime(database)
  return async () => now()
}

export function readerOf({ stripe = null, now }: EngineOptions): Reader | null {
  if (stripe === null) return null
  // Who gives the time gives Stripe's as well: what is read then is dated by it, as events are.
  const clock = now === undefined ? {} : { second: now }
  return 'read' in stripe ? stripe : createReader({ stripe, ...clock })
}

/** null: usage is recorded, and Stripe hears nothing of it. */
export function meterApiOf({ stripe = null, meterEvents = 'v1' }: EngineOptions): MeterApi | null {
  if (stripe === null || !('rawRequest' in stripe)) return null
  return createMeterApi({ client: async () => stripe, events: meterEvents })
}
