import { createRoute, z } from '@hono/zod-openapi'
import { createRouter } from './router.ts'
import { accessDefinitions } from './routes/access.ts'
import { breakerDefinitions } from './routes/breaker.ts'
import { changeDefinitions } from './routes/changes.ts'
import { checkoutSessionDefinitions } from './routes/checkout-sessions.ts'
import { deadLetterDefinitions } from './routes/dead-letters.ts'
import { eventDefinitions } from './routes/events.ts'
import { explainDefinitions } from './routes/explain.ts'
import { grantDefinitions } from './routes/grants.ts'
import { healthDefinitions } from './routes/health.ts'
import { reservationDefinitions } from './routes/reservations.ts'
import { usageReportDefinitions } from './routes/usage-reports.ts'
import { usageDefinitions } from './routes/usage.ts'
import { errorAnswer } from './schemas/error.ts'
import { WEBHOOK_PATH } from './webhook-path.ts'

const webhookAnswer = z
  .object({
    received: z.literal(true),
    new: z.boolean().openapi({ description: 'false: the same bytes were held before.' }),
    warning: z.object({ code: z.literal('livemode_mismatch'), message: z.string() }).optional(),
  })
  .openapi('WebhookAnswer')

/** Described here and served apart: the webhook takes raw bytes, which no schema may touch first. */
const webhookRoute = createRoute({
  method: 'post',
  path: WEBHOOK_PATH,
  operationId: 'receiveStripeEvent',
  summary: 'Where Stripe sends its events',
  description: 'Answered 200 only after the raw signed body is committed.',
  tags: ['Webhooks'],
  request: {
    headers: z.object({
      'stripe-signature': z.string().openapi({ example: 't=1700000000,v1=5257…' }),
    }),
    body: {
      required: true,
      content: { 'application/json': { schema: z.object({}).loose().openapi('StripeEvent') } },
    },
  },
  responses: {
    200: {
      description: 'Durable.',
      content: { 'application/json': { schema: webhookAnswer } },
    },
    400: errorAnswer(
      '`signature_missing`, `signature_invalid`, `signature_expired`, `signature_in_future`, `body_not_json`, `event_invalid` or `event_thin`: nothing was stored.',
    ),
    413: errorAnswer('`body_too_large`'),
    503: errorAnswer(
      '`database_unavailable` or `shutting_down`: not stored; Stripe sends it again.',
    ),
  },
})

/** Of the HTTP face, not of the package: raised when an answer's shape changes. */
const API_VERSION = '1'

/** The OpenAPI 3.1 document, made from the schemas that validate; needs neither server nor database. */
export function openApiDocument(): object {
  const described = createRouter()
  for (const definition of DEFINITIONS) described.openAPIRegistry.registerPath(definition)
  described.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'One of the keys in PROVISO_API_KEY.',
  })
  return described.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Proviso',
      version: API_VERSION,
      description:
        'Stripe’s events in, customer access out: may this customer use this, right now, and why?',
      license: { name: 'MIT' },
    },
  })
}

const DEFINITIONS = [
  webhookRoute,
  ...accessDefinitions,
  ...explainDefinitions,
  ...grantDefinitions,
  ...usageDefinitions,
  ...reservationDefinitions,
  ...usageReportDefinitions,
  ...changeDefinitions,
  ...checkoutSessionDefinitions,
  ...eventDefinitions,
  ...deadLetterDefinitions,
  ...breakerDefinitions,
  ...healthDefinitions,
]
