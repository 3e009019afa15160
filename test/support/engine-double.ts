import type { FeatureAccess } from '../../src/core/decision.ts'
import type { Change, Engine, IncomingEvent } from '../../src/engine/engine.ts'

/** What is known about a customer of whom nothing is known. */
const nothing: FeatureAccess = {
  allowed: false,
  state: 'none',
  value: false,
  until: null,
  reasons: [],
}

export interface EngineDouble {
  engine: Engine
  ingested: IncomingEvent[]
  changes: Change[]
  calls: { method: string; argument: unknown }[]
  /** Thrown by the next calls, until set to null. */
  failure: Error | null
  /** Lets whoever waits for changes go on. */
  wake(): void
}

export function change(position: number, customer = 'ada'): Change {
  return {
    id: `chg_${position}`,
    position,
    account: '',
    livemode: false,
    customer,
    feature: 'export',
    before: nothing,
    after: { ...nothing, allowed: true, state: 'active', value: true },
    cause: 'event',
    observations: ['evt_1'],
    decidedAt: 1_760_000_000,
  }
}

const NO_REPORTS = { reports: 0, units: 0 }
const REPORTS = {
  ...{ pending: NO_REPORTS, waiting: { reports: 1, units: 1 }, doubt: { reports: 1, units: 2 } },
  ...{ accepted: { reports: 2, units: 4 }, refused: { reports: 1, units: 3 }, dropped: NO_REPORTS },
  ...{ cancelling: NO_REPORTS, cancelled: NO_REPORTS },
}

/**
 * An engine in memory, for the shape of routes only: what is asked of it is recorded, what it answers
 * is fixed. The rules of access are tested through the real one.
 */
export function createEngineDouble(): EngineDouble {
  let waiting: (() => void)[] = []
  const held = new Set<string>()
  const record = <T>(method: string, argument: unknown, answer: T): Promise<T> => {
    double.calls.push({ method, argument })
    return double.failure === null ? Promise.resolve(answer) : Promise.reject(double.failure)
  }
  const accessOf = (customer: string) => ({
    customer,
    livemode: false,
    account: '',
    asOf: 1_760_000_000,
    features: { export: nothing, seats: nothing },
    paymentMethodOnFile: false,
    needs: [],
    alerts: [],
  })
  const used = <T extends object>(request: { id?: string }, more: T) => ({
    id: request.id ?? 'use_1',
    customer: 'ada',
    feature: 'calls',
    quantity: 1,
    at: 1_760_000_000,
    isNew: true,
    asOf: 1_760_000_000,
    usage: { used: 1, limit: 10, remaining: 9, resetsAt: null },
    over: 0,
    ...more,
  })
  const engine: Engine = {
    track: (event) => record('track', event, used(event, {})),
    trackMany: (events) =>
      record(
        'trackMany',
        events,
        events.map((event) => ({ ok: true as const, answer: used(event, {}) })),
      ),
    consume: (request) =>
      record('consume', request, used(request, { allowed: true, reason: null })),
    reserve: (request) =>
      record(
        'reserve',
        request,
        used(request, { allowed: true, reason: null, expiresAt: 1_760_000_900 }),
      ),
    finalise: (request) => record('finalise', request, used(request, { reserved: 1 })),
    release: (request) => record('release', request, used(request, { reserved: 1 })),
    usage: (customer, feature) =>
      record(
        'usage',
        { customer, feature },
        {
          customer,
          feature,
          type: 'metered' as const,
          allowed: true,
          used: 1,
          limit: 10,
          remaining: 9,
          resetsAt: null,
          over: 0,
          asOf: 1_760_000_000,
          allowances: [],
          holds: [],
          history: [],
        },
      ),
    async ingest(event) {
      const isNew = !held.has(event.id)
      await record('ingest', event, null)
      held.add(event.id)
      double.ingested.push(event)
      return { isNew }
    },
    access: (customer, scope) => record('access', { customer, scope }, accessOf(customer)),
    check: (question) =>
      record('check', question, {
        ...nothing,
        customer: question.customer,
        feature: question.feature,
        asOf: 1_760_000_000,
      }),
    explain: (question) =>
      record('explain', question, {
        customer: question.customer,
        at: question.at ?? 1_760_000_000,
        feature: question.feature ?? null,
        features: { export: nothing },
        timeline: [],
        turns: [],
        unremarkable: 0,
        earlier: 0,
        next: { clock: [], news: [] },
        grants: [],
        needs: [],
        alerts: [],
        wakeAt: null,
      }),
    grant: (request) =>
      record('grant', request, {
        id: 'act_1',
        customer: request.customer,
        feature: request.feature,
      }),
    revoke: (request) => record('revoke', request, { revoked: ['act_1'] }),
    grantsOf: (customer) => record('grantsOf', customer, []),
    changes: ({ after = 0, limit = 100, customer }) => {
      const found = double.changes
        .filter((each) => each.position > after)
        .filter((each) => customer === undefined || each.customer === customer)
      const page = found.slice(0, limit)
      const next = page.at(-1)?.position ?? after
      return record(
        'changes',
        { after, limit },
        { changes: page, next, hasMore: found.length > limit },
      )
    },
    waitForChanges: (_after, _waitMs, signal) =>
      new Promise((resolve) => {
        waiting.push(resolve)
        signal?.addEventListener('abort', () => resolve(), { once: true })
      }),
    event: (id) =>
      record(
        'event',
        id,
        held.has(id)
          ? {
              id,
              account: '',
              livemode: false,
              kind: 'event' as const,
              type: 'invoice.paid',
              created: 1_760_000_000,
              receivedAt: 1_760_000_001,
              isPending: false,
              problem: null,
              body: { id },
            }
          : null,
      ),
    checkoutStatus: (session, wait) =>
      record(
        'checkoutStatus',
        { session, wait },
        { session, status: 'unknown' as const, customer: null, access: null, reasons: [] },
      ),
    onChange: () => async () => {},
    deadLetters: (consumer) => record('deadLetters', consumer, []),
    retryDeadLetters: (consumer, position) => record('retryDeadLetters', { consumer, position }, 2),
    releaseBreaker: () => record('releaseBreaker', null, { released: false }),
    health: () =>
      record('health', null, {
        isReady: true,
        database: 'up' as const,
        pending: 3,
        lagSeconds: 1,
        openNeeds: 0,
        deadLetters: 0,
        alerts: 0,
        hold: null,
        position: double.changes.length,
      }),
    rebuild: () => record('rebuild', null, { observations: 0, customers: 0, changes: 0 }),
    verify: () =>
      record('verify', null, { observations: 0, customers: 0, changes: 0, differences: [] }),
    cancelUsage: (request) =>
      record('cancelUsage', request, {
        ...{ id: request.id, customer: 'ada', feature: 'calls', quantity: 1, at: 0, isNew: true },
        ...{ asOf: 0, usage: { used: 0, limit: null, remaining: null, resetsAt: null } },
      }),
    reconcileUsage: (query) => record('reconcileUsage', query, []),
    usageReports: (query) => record('usageReports', query, { reports: [], next: null }),
    retryUsageReports: (query) => record('retryUsageReports', query, 0),
    usageCounts: (scope) =>
      record('usageCounts', scope, {
        ...{ recorded: 12, unreported: 2, reported: 9 },
        reports: REPORTS,
      }),
    usageTotals: () =>
      record('usageTotals', null, [
        { livemode: true, recorded: 12, unreported: 2, reported: 9, reports: REPORTS },
      ]),
    tick: () =>
      record('tick', null, {
        settled: 0,
        woken: 0,
        reads: 0,
        reported: 0,
        delivered: 0,
        hasMore: false,
      }),
    settled: () => record('settled', null, undefined),
    start: () => record('start', null, undefined),
    close: () => record('close', null, undefined),
  }
  const double: EngineDouble = {
    engine,
    ingested: [],
    changes: [],
    calls: [],
    failure: null,
    wake() {
      for (const resolve of waiting) resolve()
      waiting = []
    },
  }
  return double
}
