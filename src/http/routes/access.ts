import { createRoute, z } from '@hono/zod-openapi'
import type { AppDependencies } from '../dependencies.ts'
import { assertFeature } from '../known-feature.ts'
import { createRouter } from '../router.ts'
import type { Router } from '../router.ts'
import { accessSchema, checkSchema } from '../schemas/access.ts'
import { bearerOnly, commonErrors, errorAnswer } from '../schemas/error.ts'
import { customerParameters, scopeOf, scopeQuery } from '../schemas/scope.ts'

const accessRoute = createRoute({
  method: 'get',
  path: '/v1/customers/{id}/access',
  operationId: 'getAccess',
  summary: 'What a customer may use, until when and why',
  description: 'An unknown customer is no error: nothing is allowed.',
  tags: ['Access'],
  security: bearerOnly,
  request: { params: customerParameters, query: scopeQuery },
  responses: {
    200: {
      description: 'Every feature of the catalog.',
      content: { 'application/json': { schema: accessSchema } },
    },
    ...commonErrors,
  },
})

const checkRoute = createRoute({
  method: 'get',
  path: '/v1/customers/{id}/access/{feature}',
  operationId: 'checkFeature',
  summary: 'May a customer use one feature now?',
  description: 'Takes nothing: of two who ask at once for the last unit, both are told yes.',
  tags: ['Access'],
  security: bearerOnly,
  request: {
    params: customerParameters.extend({ feature: z.string().min(1) }),
    query: scopeQuery.extend({
      quantity: z.coerce.number().int().min(1).optional().openapi({
        description:
          'How many are wanted: in all, for quantity features; now, for what is used up; absent: 1.',
      }),
    }),
  },
  responses: {
    200: {
      description: 'The verdict on this feature.',
      content: { 'application/json': { schema: checkSchema } },
    },
    404: errorAnswer(
      '`unknown_feature`: the catalog has no such feature; `details` lists those it has.',
    ),
    ...commonErrors,
  },
})

export const accessDefinitions = [accessRoute, checkRoute]

export function accessRoutes({ engine, features }: AppDependencies): Router {
  const router = createRouter()
  router.openapi(accessRoute, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await engine.access(id, scopeOf(c.req.valid('query'))), 200)
  })
  router.openapi(checkRoute, async (c) => {
    const { id, feature } = c.req.valid('param')
    const query = c.req.valid('query')
    assertFeature(features, feature)
    const answer = await engine.check({
      customer: id,
      feature,
      ...(query.quantity === undefined ? {} : { quantity: query.quantity }),
      ...scopeOf(query),
    })
    return c.json(answer, 200)
  })
  return router
}
