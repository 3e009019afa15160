import { createRoute, z } from '@hono/zod-openapi'
import type { AppDependencies } from '../dependencies.ts'
import { createRouter } from '../router.ts'
import type { Router } from '../router.ts'
import { checkoutQuery, checkoutStatusSchema } from '../schemas/checkout-session.ts'
import { bearerOnly, commonErrors } from '../schemas/error.ts'
import { idSchema } from '../schemas/scope.ts'

const statusRoute = createRoute({
  method: 'get',
  path: '/v1/checkout-sessions/{id}',
  operationId: 'getCheckoutStatus',
  summary: 'How a Checkout Session stands, for the thank-you page',
  description: 'Waits up to `wait` seconds for the verdict. A session not heard of is `unknown`.',
  tags: ['Checkout'],
  security: bearerOnly,
  request: {
    params: z.object({ id: idSchema.openapi({ example: 'cs_test_a1b2c3' }) }),
    query: checkoutQuery,
  },
  responses: {
    200: {
      description: 'Its status, and the access of its customer once known.',
      content: { 'application/json': { schema: checkoutStatusSchema } },
    },
    ...commonErrors,
  },
})

export const checkoutSessionDefinitions = [statusRoute]

export function checkoutSessionRoutes({ engine }: AppDependencies): Router {
  const router = createRouter()
  router.openapi(statusRoute, async (c) => {
    const { id } = c.req.valid('param')
    return c.json(await engine.checkoutStatus(id, c.req.valid('query').wait ?? 0), 200)
  })
  return router
}
