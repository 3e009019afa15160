import { createRoute, z } from '@hono/zod-openapi'
import { ProvisoError } from '../../errors.ts'
import { streamChanges } from '../change-stream.ts'
import type { AppDependencies } from '../dependencies.ts'
import { createRouter } from '../router.ts'
import type { Router } from '../router.ts'
import { changesPageSchema, changesQuery } from '../schemas/change.ts'
import { bearerOnly, commonErrors } from '../schemas/error.ts'

const changesRoute = createRoute({
  method: 'get',
  path: '/v1/changes',
  operationId: 'listChanges',
  summary: 'Changes of access, in the order they were committed',
  description:
    'A page of JSON, or with `Accept: text/event-stream` a stream that stays open: each message’s id is the position, and `Last-Event-ID` resumes after it.',
  tags: ['Changes'],
  security: bearerOnly,
  request: {
    query: changesQuery,
    headers: z.object({ 'last-event-id': z.string().optional() }),
  },
  responses: {
    200: {
      description: 'Changes.',
      content: {
        'application/json': { schema: changesPageSchema },
        'text/event-stream': { schema: z.string() },
      },
    },
    ...commonErrors,
  },
})

export const changeDefinitions = [changesRoute]

export function changeRoutes(deps: AppDependencies): Router {
  const router = createRouter()
  router.openapi(changesRoute, async (c) => {
    const query = c.req.valid('query')
    const customer = query.customer === undefined ? {} : { customer: query.customer }
    if (!wantsStream(c.req.header('accept'))) {
      const page = await deps.engine.changes({
        ...customer,
        after: query.after ?? 0,
        limit: query.limit ?? 100,
      })
      return c.json(page, 200)
    }
    const resumed = positionOf(c.req.header('last-event-id'))
    return streamChanges({
      engine: deps.engine,
      query: { ...customer, after: resumed ?? query.after ?? 0 },
      signals: [c.req.raw.signal, ...(deps.closing === undefined ? [] : [deps.closing])],
    })
  })
  return router
}

function wantsStream(accept: string | undefined): boolean {
  return accept?.includes('text/event-stream') ?? false
}

function positionOf(lastEventId: string | undefined): number | null {
  if (lastEventId === undefined || lastEventId === '') return null
  if (/^\d{1,15}$/.test(lastEventId)) return Number(lastEventId)
  throw new ProvisoError(
    'invalid_request',
    `Last-Event-ID must be a position of this feed, not "${lastEventId.slice(0, 64)}"; leave it out to begin at ?after=.`,
  )
}
