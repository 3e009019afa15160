import { createRoute } from '@hono/zod-openapi'
import type { AppDependencies } from '../dependencies.ts'
import { assertFeature } from '../known-feature.ts'
import { createRouter } from '../router.ts'
import type { Router } from '../router.ts'
import { bearerOnly, commonErrors, errorAnswer } from '../schemas/error.ts'
import { customerParameters, scopeOf } from '../schemas/scope.ts'
import { storyQuery, storySchema } from '../schemas/story.ts'

const explainRoute = createRoute({
  method: 'get',
  path: '/v1/customers/{id}/explain',
  operationId: 'explain',
  summary: 'The story of a customer: what happened, what follows from it, what would change it',
  description: 'With `at`: what was known then, judged then.',
  tags: ['Access'],
  security: bearerOnly,
  request: { params: customerParameters, query: storyQuery },
  responses: {
    200: { description: 'The story.', content: { 'application/json': { schema: storySchema } } },
    404: errorAnswer('`unknown_feature`'),
    ...commonErrors,
  },
})

export const explainDefinitions = [explainRoute]

export function explainRoutes({ engine, features }: AppDependencies): Router {
  const router = createRouter()
  router.openapi(explainRoute, async (c) => {
    const { id } = c.req.valid('param')
    const query = c.req.valid('query')
    if (query.feature !== undefined) assertFeature(features, query.feature)
    const story = await engine.explain({
      customer: id,
      ...(query.feature === undefined ? {} : { feature: query.feature }),
      ...(query.at === undefined ? {} : { at: query.at }),
      ...scopeOf(query),
    })
    return c.json(story, 200)
  })
  return router
}
