import { createRoute, z } from '@hono/zod-openapi'
import type { Health } from '../../engine/engine.ts'
import type { UsageTotals } from '../../engine/usage/report-contract.ts'
import type { AppDependencies } from '../dependencies.ts'
import type { Metrics } from '../metrics.ts'
import { createRouter } from '../router.ts'
import type { Router } from '../router.ts'
import { seldom } from '../seldom.ts'

const readinessSchema = z
  .object({
    ready: z.boolean(),
    database: z.enum(['up', 'down']),
    pending: z.number().int(),
    lagSeconds: z.number(),
    hold: z
      .object({
        cause: z.enum(['outage', 'breaker']),
        from: z.number(),
        until: z.number().nullable(),
      })
      .nullable(),
  })
  .openapi('Readiness')

const readiness = (description: string) => ({
  description,
  content: { 'application/json': { schema: readinessSchema } },
})

const aliveRoute = createRoute({
  method: 'get',
  path: '/healthz',
  operationId: 'getHealth',
  summary: 'The process is up',
  tags: ['Operation'],
  responses: {
    200: {
      description: 'Always, whatever the database does.',
      content: { 'application/json': { schema: z.object({ status: z.literal('ok') }) } },
    },
  },
})

const readyRoute = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'getReadiness',
  summary: 'Webhooks can be taken',
  tags: ['Operation'],
  responses: {
    200: readiness('The database answers.'),
    503: readiness('It does not, or the service is stopping: send the traffic elsewhere.'),
  },
})

const metricsRoute = createRoute({
  method: 'get',
  path: '/metrics',
  operationId: 'getMetrics',
  summary: 'Numbers for Prometheus',
  tags: ['Operation'],
  responses: {
    200: { description: 'Text format 0.0.4.', content: { 'text/plain': { schema: z.string() } } },
  },
})

export const healthDefinitions = [aliveRoute, readyRoute, metricsRoute]

export function healthRoutes(deps: AppDependencies, metrics: Metrics): Router {
  const router = createRouter()
  const clock = deps.clock ?? Date.now
  const totals = seldom(() => deps.engine.usageTotals(), clock)
  const totalsOrNull = (): Promise<UsageTotals[] | null> =>
    totals().catch((error: unknown) => {
      deps.log?.warn({ err: error }, 'usage could not be counted')
      return null
    })
  const healthOrNull = (): Promise<Health | null> =>
    deps.engine.health().catch((error: unknown) => {
      deps.log?.warn({ err: error }, 'the state of the service could not be read')
      return null
    })

  router.openapi(aliveRoute, (c) => c.json({ status: 'ok' as const }, 200))
  router.openapi(readyRoute, async (c) => {
    const health = await healthOrNull()
    const isReady = health !== null && health.isReady && deps.closing?.aborted !== true
    c.header('cache-control', 'no-store')
    return c.json(
      {
        ready: isReady,
        database: health?.database ?? ('down' as const),
        pending: health?.pending ?? 0,
        lagSeconds: health?.lagSeconds ?? 0,
        hold: health?.hold ?? null,
      },
      isReady ? 200 : 503,
    )
  })
  router.openapi(metricsRoute, async (c) => {
    const health = await healthOrNull()
    const isUp = health?.database === 'up'
    const usage = isUp ? await totalsOrNull() : null
    const text = await metrics.exposition(isUp ? health : null, usage)
    return c.text(text, 200, { 'content-type': metrics.contentType })
  })
  return router
}
