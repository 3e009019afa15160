import { routePath } from 'hono/route'
import { ProvisoError } from '../errors.ts'
import { silentLog } from '../log.ts'
import { allowedMethods } from './allowed-methods.ts'
import { createAuthorization } from './authorization.ts'
import type { AppDependencies } from './dependencies.ts'
import { errorResponse, isUnexpected } from './error-response.ts'
import { createMetrics } from './metrics.ts'
import { openApiDocument } from './openapi.ts'
import { requestIdOf } from './request-id.ts'
import { createRouter } from './router.ts'
import { accessRoutes } from './routes/access.ts'
import { breakerRoutes } from './routes/breaker.ts'
import { changeRoutes } from './routes/changes.ts'
import { checkoutSessionRoutes } from './routes/checkout-sessions.ts'
import { deadLetterRoutes } from './routes/dead-letters.ts'
import { eventRoutes } from './routes/events.ts'
import { explainRoutes } from './routes/explain.ts'
import { grantRoutes } from './routes/grants.ts'
import { healthRoutes } from './routes/health.ts'
import { reservationRoutes } from './routes/reservations.ts'
import { usageReportRoutes } from './routes/usage-reports.ts'
import { usageRoutes } from './routes/usage.ts'
import { WEBHOOK_PATH } from './webhook-path.ts'
import { createWebhookHandler } from './webhook.ts'

export interface App {
  fetch(request: Request): Promise<Response>
}

/** The whole HTTP face as one function from Request to Response; it opens no port. */
export function createApp(deps: AppDependencies): App {
  const app = createRouter()
  const metrics = createMetrics()
  const log = deps.log ?? silentLog
  const receiveWebhook = createWebhookHandler(deps, metrics)

  // Before every middleware, so that none of them runs for it.
  app.post(WEBHOOK_PATH, (c) => receiveWebhook(c.req.raw))

  app.use('*', async (c, next) => {
    const began = performance.now()
    const requestId = requestIdOf(c.req.raw)
    c.set('requestId', requestId)
    await next()
    c.res.headers.set('x-request-id', requestId)
    metrics.requestTook({
      // The pattern, not the path: a label per customer would grow without bound.
      route: c.res.status === 404 || c.res.status === 405 ? 'none' : routePath(c, -1),
      method: c.req.method,
      status: c.res.status,
      seconds: (performance.now() - began) / 1000,
    })
  })

  const authorize = createAuthorization({
    apiKeys: deps.apiKeys ?? [],
    allowUnauthenticated: deps.allowUnauthenticated ?? false,
  })
  app.use('/v1/*', async (c, next) => {
    authorize(c.req.raw)
    await next()
  })

  app.route('/', accessRoutes(deps))
  app.route('/', explainRoutes(deps))
  app.route('/', grantRoutes(deps))
  app.route('/', usageRoutes(deps))
  app.route('/', reservationRoutes(deps))
  app.route('/', usageReportRoutes(deps))
  app.route('/', changeRoutes(deps))
  app.route('/', checkoutSessionRoutes(deps))
  app.route('/', eventRoutes(deps))
  app.route('/', deadLetterRoutes(deps))
  app.route('/', breakerRoutes(deps))
  app.route('/', healthRoutes(deps, metrics))
  app.get('/openapi.json', (c) => c.json(openApiDocument()))

  app.notFound((c) => {
    const { pathname } = new URL(c.req.url)
    throw unserved(c.req.method, pathname, allowedMethods(app.routes, pathname))
  })
  app.onError((error, c) => {
    const requestId = c.get('requestId') ?? requestIdOf(c.req.raw)
    if (isUnexpected(error))
      log.error({ err: error, requestId, path: c.req.path }, 'request failed')
    return errorResponse(error, requestId)
  })

  return { fetch: async (request) => app.fetch(request) }
}

function unserved(method: string, pathname: string, allowed: string[]): ProvisoError {
  if (allowed.length === 0) {
    return new ProvisoError(
      'not_found',
      `There is nothing at ${pathname}; /openapi.json lists every address.`,
    )
  }
  return new ProvisoError(
    'method_not_allowed',
    `${pathname} does not take ${method}; it takes ${allowed.join(', ')}.`,
    { details: { allowed } },
  )
}
