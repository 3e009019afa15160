import { createRoute } from '@hono/zod-openapi'
import type { z } from '@hono/zod-openapi'
import { ProvisoError } from '../../errors.ts'
import type { AppDependencies } from '../dependencies.ts'
import { assertFeature } from '../known-feature.ts'
import { createRouter } from '../router.ts'
import type { Router } from '../router.ts'
import { bearerOnly, commonErrors, errorAnswer } from '../schemas/error.ts'
import {
  grantBody,
  grantedCustomer,
  grantedSchema,
  grantListSchema,
  revokedSchema,
  revokeTarget,
} from '../schemas/grant.ts'
import { customerParameters, scopeOf, scopeQuery } from '../schemas/scope.ts'

const path = '/v1/customers/{id}/grants'
const writableCustomer = customerParameters.extend({ id: grantedCustomer })

const listRoute = createRoute({
  method: 'get',
  path,
  operationId: 'listGrants',
  summary: 'The grants of a customer, source by source',
  tags: ['Grants'],
  security: bearerOnly,
  request: { params: customerParameters, query: scopeQuery },
  responses: {
    200: { description: 'Grants.', content: { 'application/json': { schema: grantListSchema } } },
    ...commonErrors,
  },
})

const grantRoute = createRoute({
  method: 'post',
  path,
  operationId: 'grant',
  summary: 'Grant a feature by hand',
  description: 'A source of its own: nothing that Stripe says can erase it.',
  tags: ['Grants'],
  security: bearerOnly,
  request: {
    params: writableCustomer,
    query: scopeQuery,
    body: { required: true, content: { 'application/json': { schema: grantBody } } },
  },
  responses: {
    201: { description: 'Granted.', content: { 'application/json': { schema: grantedSchema } } },
    404: errorAnswer('`unknown_feature`'),
    ...commonErrors,
  },
})

const revokeRoute = createRoute({
  method: 'delete',
  path,
  operationId: 'revoke',
  summary: 'Revoke manual grants, by id or by feature',
  description: 'Only manual grants: what Stripe’s customer paid for is not revoked here.',
  tags: ['Grants'],
  security: bearerOnly,
  request: { params: writableCustomer, query: scopeQuery.extend(revokeTarget.shape) },
  responses: {
    200: {
      description: 'Ids of the grants revoked; empty when there was none.',
      content: { 'application/json': { schema: revokedSchema } },
    },
    404: errorAnswer('`unknown_feature`'),
    ...commonErrors,
  },
})

export const grantDefinitions = [listRoute, grantRoute, revokeRoute]

export function grantRoutes({ engine, features }: AppDependencies): Router {
  const router = createRouter()
  router.openapi(listRoute, async (c) => {
    const { id } = c.req.valid('param')
    return c.json({ grants: await engine.grantsOf(id, scopeOf(c.req.valid('query'))) }, 200)
  })
  router.openapi(grantRoute, async (c) => {
    const { id: customer } = c.req.valid('param')
    const { feature, value, until, note, id } = c.req.valid('json')
    assertFeature(features, feature)
    const granted = await engine.grant({
      customer,
      feature,
      ...(value === undefined ? {} : { value }),
      ...(until === undefined ? {} : { until }),
      ...(note === undefined ? {} : { note }),
      ...(id === undefined ? {} : { id }),
      ...scopeOf(c.req.valid('query')),
    })
    return c.json(granted, 201)
  })
  router.openapi(revokeRoute, async (c) => {
    const { id: customer } = c.req.valid('param')
    const query = c.req.valid('query')
    const target = targetOf(query)
    if ('feature' in target) assertFeature(features, target.feature)
    return c.json(await engine.revoke({ customer, ...target, ...scopeOf(query) }), 200)
  })
  return router
}

function targetOf(query: z.infer<typeof revokeTarget>): { id: string } | { feature: string } {
  if (query.id !== undefined && query.feature === undefined) return { id: query.id }
  if (query.feature !== undefined && query.id === undefined) return { feature: query.feature }
  throw new ProvisoError(
    'invalid_request',
    'Name what to revoke: either ?id=<grant id> or ?feature=<feature>, and not both.',
  )
}
