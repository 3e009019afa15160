import { createRoute, z } from '@hono/zod-openapi'
import { ProvisoError } from '../../errors.ts'
import type { AppDependencies } from '../dependencies.ts'
import { createRouter } from '../router.ts'
import type { Router } from '../router.ts'
import { bearerOnly, commonErrors, errorAnswer } from '../schemas/error.ts'
import { idSchema } from '../schemas/scope.ts'
import { storedEventSchema } from '../schemas/stored-event.ts'

const eventRoute = createRoute({
  method: 'get',
  path: '/v1/events/{id}',
  operationId: 'getEvent',
  summary: 'One observation as it is held',
  tags: ['Events'],
  security: bearerOnly,
  request: { params: z.object({ id: idSchema.openapi({ example: 'evt_1abc' }) }) },
  responses: {
    200: {
      description: 'The observation; `body` as it was received.',
      content: { 'application/json': { schema: storedEventSchema } },
    },
    404: errorAnswer('`not_found`: no observation has this id.'),
    ...commonErrors,
  },
})

export const eventDefinitions = [eventRoute]

export function eventRoutes({ engine }: AppDependencies): Router {
  const router = createRouter()
  router.openapi(eventRoute, async (c) => {
    const { id } = c.req.valid('param')
    const event = await engine.event(id)
    if (event === null) {
      throw new ProvisoError(
        'not_found',
        `No event "${id}" is held: it never arrived here, or it was refused (see proviso_webhooks_rejected_total).`,
        { details: { id } },
      )
    }
    return c.json(event, 200)
  })
  return router
}
