import type { CatalogDefinition } from '../core/catalog.ts'
import { compileCatalog, type Catalog } from '../core/compile-catalog.ts'
import { RULES_VERSION } from '../core/decide.ts'
import type { Need } from '../core/decision.ts'
import { buildFacts } from '../core/facts.ts'
import type { Scope } from '../core/fact.ts'
import { ProvisoError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Database } from '../store/database.ts'
import { readPosition } from '../store/statements/changes.ts'
import { wakeOutdated } from '../store/statements/customers.ts'
import { readSetting, writeSetting } from '../store/statements/settings.ts'
import {
  findObservations,
  isPendingUpTo,
  readBacklog,
  readDatabaseTime,
} from '../store/statements/pending.ts'
import type { StripeClient } from '../stripe/client.ts'
import { createReader, type Reader } from '../stripe/reads.ts'
import { createBreaker, type BreakerOptions } from './breaker.ts'
import { createCheckoutStatus } from './checkout-status.ts'
import type { Engine } from './engine.ts'
import { createExplainer } from './explain-customer.ts'
import { createFeed } from './feed/changes.ts'
import { createConsumers } from './feed/consumer.ts'
import { createHeartbeat } from './heartbeat.ts'
import { readHold } from './hold-setting.ts'
import { readHealth } from './health.ts'
import { createIntake } from './intake.ts'
import { createManualActs, unknownFeature } from './manual-acts.ts'
import { createModeFinder } from './mode.ts'
import { createNeedsWorker } from './needs/needs-worker.ts'
import { createAccessReader } from './read-access.ts'
import { rebuild } from './rebuild.ts'
import { createResident } from './resident.ts'
import type { SettleContext } from './settle/settle-batch.ts'
import { createSettler } from './settle/settler.ts'
import { toStoredEvent } from './stored-event.ts'
import { verify } from './verify.ts'
import { createWakes } from './wakes.ts'

export interface EngineOptions {
  /** Migrated. The engine does not close it. */
  database: Database
  catalog: CatalogDefinition
  /** The official SDK, or a reader over it; null: needs stay open. */
  stripe?: StripeClient | Reader | null
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
  /** Seconds without a heartbeat that count as an outage. @defaultValue 900, serverless 93600 */
  outageAfterSeconds?: number
  /** Observations settled in one transaction. @defaultValue 200 */
  batchSize?: number
}

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} }

export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { database, mode = 'resident', log = SILENT } = options
  const catalog = compileOrThrow(options.catalog)
  const now = clockOf(options)
  const reader = readerOf(options.stripe ?? null)
  const context: SettleContext = { catalog, now, readHold }

  const feed = createFeed(database)
  const consumers = createConsumers(database, feed, { log })
  const announce = (position: number | null) => {
    if (position !== null) feed.notify(position)
  }
  const settler = createSettler({
    database,
    context,
    log,
    onSettled: announce,
    ...(options.batchSize === undefined ? {} : { batchSize: options.batchSize }),
  })
  const isResident = mode === 'resident'
  let isStarted = false
  const intake = createIntake(database, {
    onInserted: () => {
      if (isStarted && isResident) settler.poke()
    },
  })
  const breaker = createBreaker(database, now, log, options.breaker)
  const wakes = createWakes({ database, context, breaker, log })
  const needs = createNeedsWorker({ db: database, intake, reader, log })
  const heartbeat = createHeartbeat({
    database,
    now,
    outageAfter: options.outageAfterSeconds ?? (isResident ? 900 : 93_600),
    holdHours: catalog.policy.outageHoldHours,
  })
  const modeOf = createModeFinder(database, options.livemode ?? null)
  const scopeOf = async (scope: Partial<Scope> = {}): Promise<Scope> => ({
    account: scope.account ?? '',
    livemode: scope.livemode ?? (await modeOf()),
  })
  const explainer = createExplainer(database, catalog, now)
  const readAccess = createAccessReader({
    database,
    catalog,
    now: options.now === undefined ? null : now,
    refresh:
      mode === 'command'
        ? {
            kind: 'decide',
            decide: async (customer, scope) =>
              (await explainer.story(customer, scope, null, null)).features,
          }
        : {
            kind: 'wake',
            wake: async (customer) => announce(await wakes.wakeForRead(customer)),
          },
  })
  const manual = createManualActs({
    catalog,
    intake,
    now,
    scopeOf,
    held: async (customer, scope) => {
      const facts = buildFacts(await explainer.snapshots(customer, scope))
      return [...facts.manualGrants.values()]
        .filter(({ state }) => state.customer === customer)
        .map(({ id, state }) => ({ id, state }))
    },
  })
  const resident = createResident({
    database,
    settler,
    wakes,
    needs,
    consumers,
    heartbeat,
    reader,
    intake,
    modeOf,
    log,
    announce,
  })

  /** The service decides with its own catalog; a command with another one would turn access back and forth. */
  const requireServiceCatalog = async () => {
    if (mode !== 'command') return
    const served = await readSetting(database, 'catalog')
    if (served === null || served === catalog.fingerprint) return
    throw new ProvisoError(
      'config_invalid',
      'The service last ran with another catalog: name the same one with --catalog, or start the service with this one first.',
      { details: { served, given: catalog.fingerprint } },
    )
  }
  const adoptCatalog = async () => {
    await writeSetting(database, 'catalog', catalog.fingerprint)
    await wakeOutdated(database, RULES_VERSION, catalog.fingerprint, await now())
  }

  /** A person's act is awaited: the answer must already show it. */
  const settleNow = async () => {
    await requireServiceCatalog()
    const target = (await readBacklog(database)).newest
    for (;;) {
      const { position } = await settler.run()
      announce(position)
      if (!(await isPendingUpTo(database, target))) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  const engine: Engine = {
    ingest: (event) => intake.submit({ ...event, kind: 'event' }),
    access: async (customer, scope) => readAccess(customer, await scopeOf(scope)),
    async check({ customer, feature, quantity = 1, ...scope }) {
      const definition = catalog.features.get(feature)
      if (definition === undefined) throw unknownFeature(catalog, feature)
      const access = await readAccess(customer, await scopeOf(scope))
      const found = access.features[feature]
      if (found === undefined) throw unknownFeature(catalog, feature)
      const isEnough =
        definition.type !== 'quantity' || typeof found.value !== 'number' || found.value >= quantity
      return {
        ...found,
        allowed: found.allowed && isEnough,
        customer: access.customer,
        feature,
        asOf: access.asOf,
      }
    },
    async explain({ customer, feature, at, ...partial }) {
      if (feature !== undefined && !catalog.features.has(feature)) {
        throw unknownFeature(catalog, feature)
      }
      const scope = await scopeOf(partial)
      const access = await readAccess(customer, scope)
      return explainer.story(access.customer, scope, feature ?? null, at ?? null)
    },
    async grant(request) {
      await requireServiceCatalog()
      const granted = await manual.grant(request)
      await settleNow()
      return granted
    },
    async revoke(request) {
      await requireServiceCatalog()
      const revoked = await manual.revoke(request)
      await settleNow()
      return revoked
    },
    async grantsOf(customer, scope) {
      const full = await scopeOf(scope)
      const access = await readAccess(customer, full)
      return (await explainer.story(access.customer, full, null, null)).grants
    },
    changes: (query) => feed.changes(query),
    waitForChanges: (after, waitMs, signal) => feed.waitForChanges(after, waitMs, signal),
    async event(id) {
      const [row] = /^[\x21-\x7e]{1,255}$/.test(id) ? await findObservations(database, [id]) : []
      return row === undefined ? null : toStoredEvent(row)
    },
    checkoutStatus: createCheckoutStatus({
      database,
      catalog,
      scope: () => scopeOf(),
      access: readAccess,
      read: reader === null ? null : (session, scope) => readSession(session, scope),
      wait: async (waitMs) => {
        if (isResident && isStarted) {
          return feed.waitForChanges(await readPosition(database), waitMs)
        }
        await settler.run(waitMs)
        await new Promise((resolve) => setTimeout(resolve, waitMs))
      },
    }),
    onChange: (name, handler, settings) => consumers.onChange(name, handler, settings),
    deadLetters: (consumer) => consumers.deadLetters(consumer),
    retryDeadLetters: (consumer, position) => consumers.retryDeadLetters(consumer, position),
    async releaseBreaker() {
      await requireServiceCatalog()
      const released = await breaker.release()
      if (released) announce((await wakes.run()).position)
      return { released }
    },
    health: () => readHealth(database),
    rebuild: async (progress) => {
      await settleNow()
      const report = await rebuild(database, catalog, now, progress)
      await settleNow()
      return report
    },
    verify: async (progress) => {
      await settleNow()
      return verify(database, catalog, progress)
    },
    tick: (budget) => resident.tick(budget?.budgetMs ?? 10_000),
    settled: settleNow,
    async start() {
      if (isStarted) return
      isStarted = true
      try {
        await adoptCatalog()
        await resident.start()
      } catch (error) {
        // The caller starts again once the database answers.
        isStarted = false
        throw error
      }
    },
    async close() {
      isStarted = false
      // What reads for a need submits its answer: it stops before the intake does.
      await resident.close()
      await intake.close()
      await feed.close()
    },
  }
  if (mode === 'serverless') await adoptCatalog()
  return engine

  async function readSession(session: string, scope: Scope): Promise<void> {
    const need: Pick<Need, 'type' | 'object'> = { type: 'checkout_session', object: session }
    const outcome = await reader?.read(need, scope)
    if (outcome?.kind !== 'ok') return
    const { body } = outcome
    await intake.submit({
      ...scope,
      kind: 'read',
      id: `read_${session}_${body.requested_at}`.slice(0, 255),
      type: 'proviso.read.checkout_session',
      created: body.requested_at,
      body: new TextEncoder().encode(JSON.stringify(body)),
    })
    await settleNow()
  }
}

function compileOrThrow(definition: CatalogDefinition): Catalog {
  const compiled = compileCatalog(definition)
  if (compiled.ok) return compiled.catalog
  const list = compiled.problems.map(({ path, message }) => `  ${path || 'catalog'} ${message}`)
  throw new ProvisoError(
    'catalog_invalid',
    `The catalog has ${list.length} problem${list.length === 1 ? '' : 's'}:\n${list.join('\n')}`,
    { details: { problems: compiled.problems } },
  )
}

function clockOf({ now, database }: EngineOptions): () => Promise<number> {
  if (now === undefined) return () => readDatabaseTime(database)
  return async () => now()
}

function readerOf(stripe: StripeClient | Reader | null): Reader | null {
  if (stripe === null) return null
  return 'read' in stripe ? stripe : createReader({ stripe })
}
