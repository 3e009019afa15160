import { setTimeout as delay } from 'node:timers/promises'
import type { ServiceConfig } from '../config/service-config.ts'
import type { CatalogDefinition } from '../core/catalog.ts'
import { webhookHandler } from '../engine/feed/outgoing-webhooks.ts'
import { isProvisoError } from '../errors.ts'
import { listen } from '../http/server.ts'
import type { Log } from '../log.ts'
import { createProviso } from '../proviso.ts'
import type { Proviso } from '../proviso.ts'
import type { EmbeddedStep } from '../store/embedded.ts'
import { openStripeClient } from '../stripe/client.ts'
import { openTarget } from './open-target.ts'

export interface ServiceOptions {
  config: ServiceConfig
  catalog: CatalogDefinition
  webhookSecrets: readonly string[]
  allowUnauthenticated: boolean
  /** Serve 503 and keep trying when the database does not answer yet, instead of failing. */
  waitsForDatabase: boolean
  log: Log
  /** Unix seconds of a sandbox; absent: the database's clock. */
  now?: () => number
  onProgress?: (step: EmbeddedStep) => void
}

export interface Service {
  proviso: Proviso
  url: string
  port: number
  /** False while the database has not answered yet. */
  isReady: boolean
  /** Stops accepting, finishes what is under way, closes the database. */
  stop(): Promise<void>
}

/** The consumer's name, as `dead-letters` shows it. */
const OUTGOING = 'outgoing'
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 2_000

/** The service as a process: database, engine and port, and the order in which they end. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config, log } = options
  const stopping = new AbortController()
  const stripe = config.stripe === null ? null : await openStripeClient(config.stripe)
  const database = await openTarget(config, options.onProgress)
  const proviso: Proviso = createProviso({
    database,
    catalog: options.catalog,
    webhookSecrets: options.webhookSecrets,
    apiKeys: config.apiKeys,
    allowUnauthenticated: options.allowUnauthenticated,
    livemode: config.livemode,
    stripe,
    reportUsage: config.reportUsage,
    meterEvents: config.meterEvents,
    log,
    signal: stopping.signal,
    ...(options.now === undefined ? {} : { now: options.now }),
  })

  if (config.outgoing !== null) {
    const { url, secrets } = config.outgoing
    proviso.onChange(OUTGOING, webhookHandler({ url, secret: secrets }))
  }

  async function close(): Promise<void> {
    await proviso.close()
    await database.close()
  }

  let isReady: boolean
  let server: Awaited<ReturnType<typeof listen>>
  try {
    isReady = await tryToStart(proviso, options)
    server = await listen({ app: proviso, host: config.host, port: config.port })
  } catch (error) {
    await close().catch(() => undefined)
    throw error
  }
  const waiting = isReady ? Promise.resolve() : keepTrying(proviso, stopping.signal, log)
  return {
    proviso,
    url: server.url,
    port: server.port,
    isReady,
    async stop() {
      stopping.abort()
      await server.close()
      await waiting
      await close()
    },
  }
}

/** @returns false when the database is out of reach and waiting for it was asked for. */
async function tryToStart(proviso: Proviso, options: ServiceOptions): Promise<boolean> {
  try {
    await proviso.start()
    return true
  } catch (error) {
    if (!options.waitsForDatabase || !mayComeBack(error)) throw error
    options.log.error({ err: error }, 'the database is out of reach; serving 503 until it answers')
    return false
  }
}

async function keepTrying(proviso: Proviso, signal: AbortSignal, log: Log): Promise<void> {
  for (let wait = FIRST_RETRY_MS; !signal.aborted; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
    await delay(wait, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    try {
      await proviso.start()
      log.info({}, 'the database answers; serving')
      return
    } catch (error) {
      if (!signal.aborted) log.error({ err: error }, 'still not started')
    }
  }
}

/** A wrong password stays wrong: only what time may heal is waited for. */
function mayComeBack(error: unknown): boolean {
  return isProvisoError(error) && error.code === 'database_unavailable' && error.isRetryable
}
