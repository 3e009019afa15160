import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Health } from '../engine/engine.ts'
import type { UsageTotals } from '../engine/usage/report-contract.ts'
import type { ErrorCode } from '../errors.ts'
import { createUsageMetrics } from './usage-metrics.ts'

export interface Metrics {
  received(isNew: boolean): void
  rejected(code: ErrorCode): void
  requestTook(request: { route: string; method: string; status: number; seconds: number }): void
  /** Text in Prometheus' exposition format; null: the database does not answer. */
  exposition(health: Health | null, usage: readonly UsageTotals[] | null): Promise<string>
  readonly contentType: string
}

/** A registry per app, so that two apps in one process do not add up each other's numbers. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const received = new Counter({
    name: 'proviso_webhooks_received_total',
    help: 'Webhook events made durable, repeats included.',
    registers,
  })
  const duplicates = new Counter({
    name: 'proviso_webhooks_duplicates_total',
    help: 'Webhook events whose bytes were held before.',
    registers,
  })
  const rejected = new Counter({
    name: 'proviso_webhooks_rejected_total',
    help: 'Webhook requests not answered 2xx, by error code.',
    labelNames: ['code'],
    registers,
  })
  const duration = new Histogram({
    name: 'proviso_http_request_duration_seconds',
    help: 'Time to answer, by route and status.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  })
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers })
  const databaseUp = gauge('proviso_database_up', '1 when the database answers.')
  const usageMetrics = createUsageMetrics(registry)
  const fromHealth = [
    { of: (h: Health) => h.pending, in: gauge('proviso_pending', 'Observations not settled yet.') },
    {
      of: (h: Health) => h.lagSeconds,
      in: gauge('proviso_lag_seconds', 'Age of the oldest observation not settled yet.'),
    },
    {
      of: (h: Health) => h.openNeeds,
      in: gauge('proviso_needs', 'Open needs for reads of Stripe’s API.'),
    },
    { of: (h: Health) => h.deadLetters, in: gauge('proviso_dead_letters', 'Changes given up on.') },
    { of: (h: Health) => h.alerts, in: gauge('proviso_alerts', 'Things a person should look at.') },
    {
      of: (h: Health) => h.position,
      in: gauge('proviso_feed_position', 'Latest position of the feed.'),
    },
    {
      of: (h: Health) => (h.hold === null ? 0 : 1),
      in: gauge('proviso_hold', '1 while losses of access are held back.'),
    },
  ]

  return {
    contentType: registry.contentType,
    received(isNew) {
      received.inc()
      if (!isNew) duplicates.inc()
    },
    rejected(code) {
      rejected.inc({ code })
    },
    requestTook({ route, method, status, seconds }) {
      duration.observe({ route, method, status: String(status) }, seconds)
    },
    exposition(health, usage) {
      usageMetrics.show(usage)
      databaseUp.set(health?.database === 'up' ? 1 : 0)
      for (const each of fromHealth) {
        // A number from before the outage would look current: none is shown instead.
        if (health === null) each.in.remove()
        else each.in.set(each.of(health))
      }
      return registry.metrics()
    },
  }
}
