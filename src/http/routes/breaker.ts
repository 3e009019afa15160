import { createRoute, z } from '@hono/zod-openapi'
import type { AppDependencies } from '../dependencies.ts'
import { createRouter } from '../router.ts'
import type { Router } from '../router.ts'
import { bearerOnly, commonErrors } from '../schemas/error.ts'

const releaseRoute = createRoute({
  method: 'post',
  path: '/v1/breaker/release',
  operationId: 'releaseBreaker',
  summary: 'Let losses of access through that the mass-loss breaker holds',
  tags: ['Operation'],
  security: bearerOnly,
  responses: {
    200: {
      description: 'Whether there was a hold to release.',
      content: {
        'application/json': {
          schema: z.object({ released: z.boolean() }).openapi('BreakerRelease'),
        },
      },
    },
    ...commonErrors,
  },
})

export const breakerDefinitions = [releaseRoute]

export function breakerRoutes({ engine }: AppDependencies): Router {
  const router = createRouter()
  router.openapi(releaseRoute, async (c) => c.json(await engine.releaseBreaker(), 200))
  return router
}
