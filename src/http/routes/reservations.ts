import { createRoute } from '@hono/zod-openapi'
import type { AppDependencies } from '../dependencies.ts'
import { createRouter } from '../router.ts'
import type { Router } from '../router.ts'
import { bearerOnly, errorAnswer } from '../schemas/error.ts'
import { scopeOf, scopeQuery } from '../schemas/scope.ts'
import { finalisedSchema, releasedSchema, reservationSchema } from '../schemas/usage.ts'
import { usageErrors } from '../schemas/usage-errors.ts'
import { finaliseBody, reservationParameters, reserveBody } from '../schemas/usage-request.ts'
import { usageEventOf } from '../usage-event.ts'

const path = '/v1/usage/reservations'

const endingErrors = {
  ...usageErrors,
  404: errorAnswer(
    '`reservation_unknown`: nothing was set aside under this id; `unknown_feature`: what was set aside is of a feature that has left the catalog.',
  ),
  409: errorAnswer('`usage_id_reused`: it has ended in another way; `details` has both.'),
}

const reserveRoute = createRoute({
  method: 'post',
  path,
  operationId: 'reserve',
  summary: 'Set units aside for work whose cost is not known yet',
  description:
    'Refusals are answered 200 with `allowed: false`. What is neither finalised nor released by `expiresAt` is given back.',
  tags: ['Usage'],
  security: bearerOnly,
  request: {
    query: scopeQuery,
    body: { required: true, content: { 'application/json': { schema: reserveBody } } },
  },
  responses: {
    200: {
      description: 'Set aside, or not allowed.',
      content: { 'application/json': { schema: reservationSchema } },
    },
    ...usageErrors,
  },
})

const finaliseRoute = createRoute({
  method: 'post',
  path: `${path}/{id}/finalise`,
  operationId: 'finalise',
  summary: 'Give a reservation back and record what the work cost',
  tags: ['Usage'],
  security: bearerOnly,
  request: {
    params: reservationParameters,
    query: scopeQuery,
    body: { required: true, content: { 'application/json': { schema: finaliseBody } } },
  },
  responses: {
    200: {
      description: 'On record.',
      content: { 'application/json': { schema: finalisedSchema } },
    },
    ...endingErrors,
  },
})

const releaseRoute = createRoute({
  method: 'post',
  path: `${path}/{id}/release`,
  operationId: 'release',
  summary: 'Give a reservation back',
  tags: ['Usage'],
  security: bearerOnly,
  request: { params: reservationParameters, query: scopeQuery },
  responses: {
    200: {
      description: 'Given back.',
      content: { 'application/json': { schema: releasedSchema } },
    },
    ...endingErrors,
  },
})

export const reservationDefinitions = [reserveRoute, finaliseRoute, releaseRoute]

export function reservationRoutes({ engine }: AppDependencies): Router {
  const router = createRouter()
  router.openapi(reserveRoute, async (c) => {
    const { expiresIn, ...event } = c.req.valid('json')
    const request = usageEventOf(event, c.req.valid('query'))
    const more = expiresIn === undefined ? {} : { expiresIn }
    return c.json(await engine.reserve({ ...request, ...more }), 200)
  })
  router.openapi(finaliseRoute, async (c) => {
    const { id } = c.req.valid('param')
    const { quantity } = c.req.valid('json')
    const scope = scopeOf(c.req.valid('query'))
    return c.json(await engine.finalise({ id, quantity, ...scope }), 200)
  })
  router.openapi(releaseRoute, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await engine.release({ id, ...scopeOf(c.req.valid('query')) }), 200)
  })
  return router
}
