import { expect, test } from 'vitest'
import { createEngineDouble } from '../../test/support/engine-double.ts'
import { createApp } from './app.ts'
import { openApiDocument } from './openapi.ts'

interface Document {
  openapi: string
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>
  components: { schemas: Record<string, object> }
}

const served = [
  'POST /webhooks/stripe',
  'GET /v1/customers/{id}/access',
  'GET /v1/customers/{id}/access/{feature}',
  'GET /v1/customers/{id}/explain',
  'GET /v1/customers/{id}/grants',
  'POST /v1/customers/{id}/grants',
  'DELETE /v1/customers/{id}/grants',
  'POST /v1/usage',
  'POST /v1/usage/consume',
  'POST /v1/usage/reservations',
  'POST /v1/usage/reservations/{id}/finalise',
  'POST /v1/usage/reservations/{id}/release',
  'DELETE /v1/usage/{id}',
  'GET /v1/usage/reports',
  'POST /v1/usage/reports/retry',
  'GET /v1/usage/counts',
  'GET /v1/usage/reconcile',
  'GET /v1/customers/{id}/usage/{feature}',
  'GET /v1/changes',
  'GET /v1/checkout-sessions/{id}',
  'GET /v1/events/{id}',
  'GET /v1/dead-letters',
  'POST /v1/dead-letters/retry',
  'POST /v1/breaker/release',
  'GET /healthz',
  'GET /readyz',
  'GET /metrics',
]

const app = createApp({
  engine: createEngineDouble().engine,
  features: ['export'],
  webhookSecrets: ['whsec_1'],
  allowUnauthenticated: true,
})

test('describes exactly the routes that are served', () => {
  const { paths } = openApiDocument() as Document

  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )

  expect(described.sort()).toEqual([...served].sort())
})

test.each(served)('%s is served by the app it describes', async (line) => {
  const [method = '', path = ''] = line.split(' ')
  const address = path.replace('{id}', 'x').replace('{feature}', 'export')

  const response = await app.fetch(new Request(`http://localhost${address}`, { method }))

  // Refused for want of a body or of a thing by that name, but never for want of a route.
  const body = await response.text()
  expect(response.status).not.toBe(405)
  expect(body).not.toContain('There is nothing at')
})

test('is served as OpenAPI 3.1 without a key', async () => {
  const response = await app.fetch(new Request('http://localhost/openapi.json'))

  const document = (await response.json()) as Document
  expect(document.openapi).toBe('3.1.0')
  expect(document.components.schemas).toHaveProperty('Access')
  expect(document).toEqual(JSON.parse(JSON.stringify(openApiDocument())))
})

test('refers to no schema it does not define, and names every operation once', () => {
  const document = openApiDocument() as Document

  const references = JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)
  const names = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map((operation) => operation.operationId),
  )

  for (const [, name] of references) expect(document.components.schemas).toHaveProperty(name ?? '')
  expect(new Set(names).size).toBe(names.length)
})
