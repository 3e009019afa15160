import { buildFacts } from '../core/facts.ts'
import type { Scope } from '../core/fact.ts'
import { readPosition } from '../store/statements/changes.ts'
import { findObservations } from '../store/statements/pending.ts'
import { writeSetting } from '../store/statements/settings.ts'
import { createActLog } from './act-log.ts'
import { createBreaker } from './breaker.ts'
import { createAccessCheck } from './check-access.ts'
import { createCheckoutStatus } from './checkout-status.ts'
import {
  clockOf,
  compileOrThrow,
  meterApiOf,
  readerOf,
  SILENT,
  type EngineOptions,
} from './engine-options.ts'
import type { Engine } from './engine.ts'
import { checkScope } from './check-input.ts'
import { createExplainer } from './explain-customer.ts'
import { createFeed } from './feed/changes.ts'
import { createConsumers } from './feed/consumer.ts'
import { createHeartbeat } from './heartbeat.ts'
import { createHoldNoticer, createHoldReader } from './hold-setting.ts'
import { readHealth } from './health.ts'
import { createIntake } from './intake.ts'
import { createManualActs, unknownFeature } from './manual-acts.ts'
import { createModeFinder } from './mode.ts'
import { createNeedsWorker } from './needs/needs-worker.ts'
import { readOutageOptions } from './outage-options.ts'
import { createAccessReader } from './read-access.ts'
import { rebuild } from './rebuild.ts'
import { createResident } from './resident.ts'
import { createServiceCatalog } from './service-catalog.ts'
import { createSessionRead } from './session-read.ts'
import type { SettleContext } from './settle/settle-batch.ts'
import { createSettleBarrier } from './settle/settle-barrier.ts'
import { createSettler } from './settle/settler.ts'
import { toStoredEvent } from './stored-event.ts'
import { createUsageEngine } from './usage/create-usage-engine.ts'
import { createReportWorker } from './usage/report-worker.ts'
import { verify } from './verify.ts'
import { createWakes } from './wakes.ts'

/** One request of the stream takes a hundred; twice as many fill it while one is under way. */
const STREAMED_AT_ONCE = 200

export type { EngineOptions } from './engine-options.ts'

export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { database, mode = 'resident', log = SILENT } = options
  const catalog = compileOrThrow(options.catalog)
  const now = clockOf(options)
  const reader = readerOf(options)
  const isResident = mode === 'resident'
  const outage = await readOutageOptions(options, catalog)
  const context: SettleContext = { catalog, now, readHold: createHoldNoticer(outage) }

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
  let isStarted = false
  const barrier = createSettleBarrier({ database, settler, onSettled: announce })
  const intake = createIntake(database, {
    onInserted: () => {
      if (isStarted && isResident) settler.poke()
    },
  })
  const breaker = createBreaker(database, now, log, options.breaker)
  const wakes = createWakes({ database, context, breaker, log })
  const needs = createNeedsWorker({ db: database, intake, reader, log })
  const heartbeat = createHeartbeat({ database, now, ...outage })
  const modeOf = createModeFinder(database, options.livemode ?? null)
  const scopeOf = async (scope: Partial<Scope> = {}): Promise<Scope> => {
    checkScope(scope)
    return { account: scope.account ?? '', livemode: scope.livemode ?? (await modeOf()) }
  }
  const explainer = createExplainer({
    database,
    catalog,
    now,
    readHold: createHoldReader(outage),
  })
  const readAccess = createAccessReader({
    database,
    catalog,
    now: options.now === undefined ? null : now,
    outage,
    refresh:
      mode === 'command'
        ? {
            kind: 'decide',
            decide: async (customer, scope) => (await explainer.decision(customer, scope)).features,
          }
        : {
            kind: 'wake',
            wake: async (customer) => announce(await wakes.wakeForRead([customer])),
          },
  })
  const manual = createManualActs({
    catalog,
    log: createActLog(database),
    now,
    scopeOf,
    held: async (customer, scope) => {
      const facts = buildFacts(await explainer.snapshots(customer, scope))
      return [...facts.manualGrants.values()]
        .filter(({ state }) => state.customer === customer)
        .map(({ id, state }) => ({ id, state }))
    },
  })
  const api = meterApiOf(options)
  const usage = createUsageEngine({
    database,
    catalog,
    api,
    now: options.now === undefined ? null : now,
    readHold: createHoldReader(outage),
    scopeOf,
    readAccess,
    wake: async (customers) => announce(await wakes.wakeForRead(customers)),
    // A command's reads write nothing, so they judge who is due for themselves.
    decide:
      mode === 'command'
        ? async (customer, scope) => (await explainer.decision(customer, scope)).grants
        : null,
    assertReady: () => requireServiceCatalog(),
    announce,
  })

  const { gatherSeconds, meterEvents, reportUsage = true } = options
  const reports =
    api === null || !reportUsage
      ? null
      : createReportWorker({
          ...{ database, catalog, api, log, now, modeOf },
          readHold: createHoldReader(outage),
          ...(gatherSeconds === undefined ? {} : { gatherSeconds }),
          ...(meterEvents === 'v2Stream' ? { parallel: STREAMED_AT_ONCE } : {}),
        })
  const resident = createResident({
    database,
    settler,
    wakes,
    needs,
    consumers,
    fold: usage.fold,
    reports,
    heartbeat,
    reader,
    intake,
    modeOf,
    log,
    announce,
  })

  const serviceCatalog = createServiceCatalog(database, catalog)
  const requireServiceCatalog = async () => {
    if (mode === 'command') await serviceCatalog.require()
  }
  const beginService = async () => {
    await serviceCatalog.adopt(await now())
    await writeSetting(database, 'outage_after', outage.outageAfter)
  }

  /** A person's act is awaited: the answer must already show it. */
  const settleNow = async () => {
    await requireServiceCatalog()
    await barrier.pass()
  }

  const engine: Engine = {
    ingest: (event) => intake.submit({ ...event, kind: 'event' }),
    access: async (customer, scope) => readAccess(customer, await scopeOf(scope)),
    check: createAccessCheck(
      catalog,
      async (customer, scope) => readAccess(customer, await scopeOf(scope)),
      usage,
    ),
    ...usage.operations,
    async explain({ customer, feature, at, ...partial }) {
      if (feature !== undefined && !catalog.features.has(feature)) {
        throw unknownFeature(catalog, feature)
      }
      const scope = await scopeOf(partial)
      const access = await readAccess(customer, scope)
      return explainer.story(access.customer, scope, feature ?? null, at ?? null)
    },
    async grant(request) {
      barrier.assertOpen()
      await requireServiceCatalog()
      const granted = await manual.grant(request)
      await barrier.pass(`Grant ${granted.id} is kept: ask again with this id.`)
      return granted
    },
    async revoke(request) {
      barrier.assertOpen()
      await requireServiceCatalog()
      const revoked = await manual.revoke(request)
      await settleNow()
      return revoked
    },
    async grantsOf(customer, scope) {
      const full = await scopeOf(scope)
      const access = await readAccess(customer, full)
      return (await explainer.decision(access.customer, full)).grants
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
      read: reader === null ? null : createSessionRead({ reader, intake, settled: settleNow }),
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
      const report = await rebuild(database, context, progress)
      await settleNow()
      return report
    },
    verify: async (progress) => {
      await settleNow()
      return verify(database, catalog, progress)
    },
    tick: (budget) => resident.tick(budget?.budgetMs ?? 10_000),
    async settled() {
      await settleNow()
      while (await usage.fold({ olderThanSeconds: 0 }));
    },
    async start() {
      if (isStarted) return
      isStarted = true
      try {
        await beginService()
        await resident.start()
      } catch (error) {
        // The caller starts again once the database answers.
        isStarted = false
        throw error
      }
    },
    async close() {
      isStarted = false
      barrier.close()
      // What reads for a need submits its answer: it stops before the intake does.
      await resident.close()
      await Promise.all([intake.close(), usage.close()])
      await feed.close()
    },
  }
  if (mode === 'serverless') await beginService()
  return engine
}
