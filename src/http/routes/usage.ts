import { createRoute, z } from '@hono/zod-openapi'
import { silentLog } from '../../log.ts'
import type { AppDependencies } from '../dependencies.ts'
import { createRouter } from '../router.ts'
import type { Router } from '../router.ts'
import { bearerOnly, commonErrors, errorAnswer } from '../schemas/error.ts'
import { customerParameters, scopeOf, scopeQuery } from '../schemas/scope.ts'
import {
  cancelledSchema,
  consumedSchema,
  customerUsageSchema,
  trackedLinesSchema,
  trackedSchema,
} from '../schemas/usage.ts'
import { usageErrors } from '../schemas/usage-errors.ts'
import { usageBody, usageEventSchema, usageParameters } from '../schemas/usage-request.ts'
import { trackLines } from '../track-lines.ts'
import { usageBodyLimit } from '../usage-body-limit.ts'
import { usageEventOf } from '../usage-event.ts'

const trackRoute = createRoute({
  method: 'post',
  path: '/v1/usage',
  operationId: 'track',
  summary: 'Record what was used, whatever is left',
  description:
    'Committed before the answer. A list is answered line by line with 200: lines that are wrong do not cost the others, and the whole of it may be sent again under the same ids.',
  tags: ['Usage'],
  security: bearerOnly,
  request: {
    query: scopeQuery,
    body: { required: true, content: { 'application/json': { schema: usageBody } } },
  },
  responses: {
    200: {
      description: 'On record.',
      content: { 'application/json': { schema: z.union([trackedSchema, trackedLinesSchema]) } },
    },
    ...usageErrors,
  },
})

const consumeRoute = createRoute({
  method: 'post',
  path: '/v1/usage/consume',
  operationId: 'consume',
  summary: 'Take all of a quantity, or nothing',
  description:
    'Refusals are answered 200 with `allowed: false`. However many ask at once, no unit is given twice.',
  tags: ['Usage'],
  security: bearerOnly,
  request: {
    query: scopeQuery,
    body: { required: true, content: { 'application/json': { schema: usageEventSchema } } },
  },
  responses: {
    200: {
      description: 'Taken, or not allowed.',
      content: { 'application/json': { schema: consumedSchema } },
    },
    ...usageErrors,
  },
})

const cancelRoute = createRoute({
  method: 'delete',
  path: '/v1/usage/{id}',
  operationId: 'cancelUsage',
  summary: 'Take back what was recorded by mistake, within 24 hours',
  description:
    'The customer has the units again; what Stripe was told is cancelled there, and the rest of its report sent anew. The use stays on record, and its id stays taken.',
  tags: ['Usage'],
  security: bearerOnly,
  request: { params: usageParameters, query: scopeQuery },
  responses: {
    200: {
      description: 'Taken back, now or before.',
      content: { 'application/json': { schema: cancelledSchema } },
    },
    ...commonErrors,
    404: errorAnswer(
      '`not_found`: no usage is on record under this id; `unknown_feature`: it is of a feature that has left the catalog.',
    ),
    409: errorAnswer('`usage_too_old_to_cancel`: Stripe takes usage back for 24 hours only.'),
  },
})

const usageRoute = createRoute({
  method: 'get',
  path: '/v1/customers/{id}/usage/{feature}',
  operationId: 'getUsage',
  summary: 'How much of a feature a customer has used and has left, and what gives it',
  description: 'An unknown customer is no error: nothing is left.',
  tags: ['Usage'],
  security: bearerOnly,
  request: {
    params: customerParameters.extend({ feature: z.string().min(1) }),
    query: scopeQuery,
  },
  responses: {
    200: {
      description: 'Usage of the current period, or the balance of credits with its history.',
      content: { 'application/json': { schema: customerUsageSchema } },
    },
    404: errorAnswer('`unknown_feature`'),
    ...commonErrors,
  },
})

export const usageDefinitions = [trackRoute, consumeRoute, cancelRoute, usageRoute]

export function usageRoutes({ engine, log = silentLog }: AppDependencies): Router {
  const router = createRouter()
  router.use('/v1/usage/*', usageBodyLimit)
  router.openapi(trackRoute, async (c) => {
    const body = c.req.valid('json')
    const query = c.req.valid('query')
    if ('events' in body) {
      const requestId = c.get('requestId')
      return c.json(await trackLines(engine, body.events, { query, requestId, log }), 200)
    }
    return c.json(await engine.track(usageEventOf(body, query)), 200)
  })
  router.openapi(consumeRoute, async (c) => {
    const event = usageEventOf(c.req.valid('json'), c.req.valid('query'))
    return c.json(await engine.consume(event), 200)
  })
  router.openapi(cancelRoute, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await engine.cancelUsage({ id, ...scopeOf(c.req.valid('query')) }), 200)
  })
  router.openapi(usageRoute, async (c) => {
    const { id, feature } = c.req.valid('param')
    const usage = await engine.usage(id, feature, scopeOf(c.req.valid('query')))
    return c.json(usage, 200)
  })
  return router
}
