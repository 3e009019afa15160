import { createRoute } from '@hono/zod-openapi'
import type { AppDependencies } from '../dependencies.ts'
import { createRouter } from '../router.ts'
import type { Router } from '../router.ts'
import { retriedSchema } from '../schemas/dead-letter.ts'
import { bearerOnly, commonErrors, errorAnswer } from '../schemas/error.ts'
import { scopeOf, scopeQuery } from '../schemas/scope.ts'
import {
  reconcileQuery,
  reconciliationsSchema,
  retryReportsBody,
  usageCountsSchema,
  usageReportsQuery,
  usageReportsSchema,
} from '../schemas/usage-report.ts'

const listRoute = createRoute({
  method: 'get',
  path: '/v1/usage/reports',
  operationId: 'listUsageReports',
  summary: 'What is told to Stripe’s meters, latest first',
  tags: ['Usage reports'],
  security: bearerOnly,
  request: { query: usageReportsQuery },
  responses: {
    200: {
      description: 'A page of reports.',
      content: { 'application/json': { schema: usageReportsSchema } },
    },
    ...commonErrors,
  },
})

const retryRoute = createRoute({
  method: 'post',
  path: '/v1/usage/reports/retry',
  operationId: 'retryUsageReports',
  summary: 'Send refused or dropped reports again, under another identifier',
  tags: ['Usage reports'],
  security: bearerOnly,
  request: {
    query: scopeQuery,
    body: { required: true, content: { 'application/json': { schema: retryReportsBody } } },
  },
  responses: {
    200: {
      description: 'How many are sent again.',
      content: { 'application/json': { schema: retriedSchema } },
    },
    404: errorAnswer('`not_found`: there is no report of this identifier.'),
    ...commonErrors,
  },
})

const countsRoute = createRoute({
  method: 'get',
  path: '/v1/usage/counts',
  operationId: 'countUsage',
  summary: 'How many units were recorded, reported, accepted and refused',
  tags: ['Usage reports'],
  security: bearerOnly,
  request: { query: scopeQuery },
  responses: {
    200: {
      description: 'Counts of one account and mode.',
      content: { 'application/json': { schema: usageCountsSchema } },
    },
    ...commonErrors,
  },
})

const reconcileRoute = createRoute({
  method: 'get',
  path: '/v1/usage/reconcile',
  operationId: 'reconcileUsage',
  summary: 'Compare what was recorded with what Stripe counts',
  description:
    'A line for each Stripe customer, meter and billing period. It asks Stripe once a line: name a customer, a meter or a range where there are many.',
  tags: ['Usage reports'],
  security: bearerOnly,
  request: { query: reconcileQuery },
  responses: {
    200: {
      description: 'Both sides, and what explains a difference.',
      content: { 'application/json': { schema: reconciliationsSchema } },
    },
    ...commonErrors,
  },
})

export const usageReportDefinitions = [listRoute, retryRoute, countsRoute, reconcileRoute]

export function usageReportRoutes({ engine }: AppDependencies): Router {
  const router = createRouter()
  router.openapi(listRoute, async (c) => {
    const { status, customer, after, limit, ...query } = c.req.valid('query')
    const page = await engine.usageReports({
      ...(status === undefined ? {} : { status }),
      ...(customer === undefined ? {} : { customer }),
      ...(after === undefined ? {} : { after }),
      ...(limit === undefined ? {} : { limit }),
      ...scopeOf(query),
    })
    return c.json(page, 200)
  })
  router.openapi(retryRoute, async (c) => {
    const { identifier, status } = c.req.valid('json')
    const retried = await engine.retryUsageReports({
      ...(identifier === undefined ? {} : { identifier }),
      ...(status === undefined ? {} : { status }),
      ...scopeOf(c.req.valid('query')),
    })
    return c.json({ retried }, 200)
  })
  router.openapi(countsRoute, async (c) =>
    c.json(await engine.usageCounts(scopeOf(c.req.valid('query'))), 200),
  )
  router.openapi(reconcileRoute, async (c) => {
    const { customer, meter, from, to, ...query } = c.req.valid('query')
    const lines = await engine.reconcileUsage({
      ...(customer === undefined ? {} : { customer }),
      ...(meter === undefined ? {} : { meter }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...scopeOf(query),
    })
    return c.json({ isEven: lines.every((line) => line.isEven), lines }, 200)
  })
  return router
}
