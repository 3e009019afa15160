import { createRoute } from '@hono/zod-openapi'
import type { AppDependencies } from '../dependencies.ts'
import { createRouter } from '../router.ts'
import type { Router } from '../router.ts'
import {
  deadLettersQuery,
  deadLettersSchema,
  retriedSchema,
  retryBody,
} from '../schemas/dead-letter.ts'
import { bearerOnly, commonErrors } from '../schemas/error.ts'

const listRoute = createRoute({
  method: 'get',
  path: '/v1/dead-letters',
  operationId: 'listDeadLetters',
  summary: 'Changes that a consumer could not take after all its attempts',
  tags: ['Changes'],
  security: bearerOnly,
  request: { query: deadLettersQuery },
  responses: {
    200: {
      description: 'Dead letters.',
      content: { 'application/json': { schema: deadLettersSchema } },
    },
    ...commonErrors,
  },
})

const retryRoute = createRoute({
  method: 'post',
  path: '/v1/dead-letters/retry',
  operationId: 'retryDeadLetters',
  summary: 'Put dead letters of a consumer back in line',
  tags: ['Changes'],
  security: bearerOnly,
  request: { body: { required: true, content: { 'application/json': { schema: retryBody } } } },
  responses: {
    200: {
      description: 'How many were put back.',
      content: { 'application/json': { schema: retriedSchema } },
    },
    ...commonErrors,
  },
})

export const deadLetterDefinitions = [listRoute, retryRoute]

export function deadLetterRoutes({ engine }: AppDependencies): Router {
  const router = createRouter()
  router.openapi(listRoute, async (c) => {
    const { consumer } = c.req.valid('query')
    return c.json({ deadLetters: await engine.deadLetters(consumer) }, 200)
  })
  router.openapi(retryRoute, async (c) => {
    const { consumer, position } = c.req.valid('json')
    return c.json({ retried: await engine.retryDeadLetters(consumer, position) }, 200)
  })
  return router
}
