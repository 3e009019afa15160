import { Hono } from 'hono'
import type { Assembled } from '../assemble.ts'
import { renderFor } from '../versions/render.ts'
import { authenticate } from './authenticate.ts'
import { expand } from './expand.ts'
import { decodeForm } from './form.ts'
import { Idempotency } from './idempotency.ts'
import { parseParameters } from './parse-parameters.ts'
import type { Route } from './route.ts'
import { invalidRequest, StripeError } from './stripe-error.ts'
import { CURRENT_VERSION, versionAsked } from './versions.ts'

export interface ApiOptions extends Assembled {
  /** The origin to hand out in URLs where the request's own is not what a browser can reach. */
  readonly publicUrl: () => string | undefined
  /** Called after each call that reached a handler. */
  readonly onCall: () => void
  /** Called for what no handler foresaw: a fault of the sandbox. */
  readonly onFault: (error: unknown, request: string) => void
}

/** The API's face: authentication, versions, idempotency, errors and expansion around the routes. */
export function createApi(options: ApiOptions): Hono {
  const api = new Hono()
  const idempotency = new Idempotency()
  for (const route of options.routes) {
    api.on(route.method, route.path, (context) =>
      answer(options, idempotency, route, context.req.raw, context.req.param()),
    )
  }
  api.all('*', (context) => {
    const { method } = context.req
    return respond(
      options.world.id('req'),
      failure(
        new StripeError(404, {
          type: 'invalid_request_error',
          message: `Unrecognized request URL (${method}: ${context.req.path}). The Proviso sandbox has no such route: see the list of resources in its documentation.`,
        }),
      ),
    )
  })
  return api
}

interface Outcome {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

async function answer(
  options: ApiOptions,
  idempotency: Idempotency,
  route: Route,
  request: Request,
  path: Readonly<Record<string, string>>,
): Promise<Response> {
  const text = request.method === 'GET' ? '' : await request.text()
  // From here on nothing waits: one call is one change.
  const { world } = options
  const requestId = world.id('req', 14)
  const version = request.headers.get('stripe-version')
  try {
    const authorization = request.headers.get('authorization')
    if (route.authenticate === undefined) authenticate(authorization)
    else route.authenticate(world, authorization)
    const asked = versionAsked(version, world.settings.apiVersion)
    const key = route.method === 'POST' ? request.headers.get('idempotency-key') : null
    const fingerprint = `${request.method} ${new URL(request.url).pathname} ${text}`
    const before = key === null ? undefined : idempotency.replay(key, fingerprint, world.now())
    if (before !== undefined) {
      return respond(requestId, { ...before, headers: { 'idempotent-replayed': 'true' } }, asked)
    }
    const input = readInput(request, text)
    const { params, paths } = prepare(route, input, version === null || asked !== CURRENT_VERSION)
    world.cause = { id: requestId, idempotency_key: key }
    const outcome = call(options, route, { path, params, paths, asked, request })
    options.onCall()
    if (key !== null) idempotency.keep(key, fingerprint, world.now(), outcome)
    return respond(requestId, outcome, asked)
  } catch (error) {
    if (!(error instanceof StripeError)) options.onFault(error, `${request.method} ${request.url}`)
    return respond(requestId, failure(error), version ?? undefined)
  } finally {
    world.cause = { id: null, idempotency_key: null }
  }
}

function readInput(request: Request, text: string): Record<string, unknown> {
  const query = decodeForm(new URL(request.url).search)
  if (text === '') return query
  if (request.headers.get('content-type')?.includes('application/json') !== true) {
    return { ...query, ...decodeForm(text) }
  }
  try {
    return { ...query, ...(JSON.parse(text) as Record<string, unknown>) }
  } catch {
    throw invalidRequest('Invalid JSON in the request body.')
  }
}

function prepare(route: Route, input: Record<string, unknown>, isOlder: boolean) {
  const { expand: asked, ...rest } = input
  const paths = (Array.isArray(asked) ? asked : asked === undefined ? [] : [asked]).map(String)
  const named = isOlder && route.legacy !== undefined ? route.legacy(rest) : rest
  return { params: parseParameters(route.params, named), paths }
}

function call(
  options: ApiOptions,
  route: Route,
  call: {
    readonly path: Readonly<Record<string, string>>
    readonly params: unknown
    readonly paths: readonly string[]
    readonly asked: string
    readonly request: Request
  },
): Outcome {
  const { world, includables } = options
  const baseUrl = options.publicUrl() ?? new URL(call.request.url).origin
  try {
    const result = route.handle({
      world,
      path: call.path,
      params: call.params,
      version: call.asked,
      baseUrl,
    })
    const expanded = expand(world, includables, result, call.paths)
    return { status: 200, body: JSON.stringify(renderFor(world, call.asked, expanded), null, 2) }
  } catch (error) {
    // A refusal by a handler is an answer like any other: it is replayed for its key.
    if (error instanceof StripeError) return failure(error)
    throw error
  }
}

function failure(error: unknown): Outcome {
  if (error instanceof StripeError) {
    return {
      status: error.status,
      body: JSON.stringify({ error: error.fields }, null, 2),
      headers: error.headers,
    }
  }
  return {
    status: 500,
    body: JSON.stringify({
      error: {
        type: 'api_error',
        message: `The Proviso sandbox failed: ${error instanceof Error ? error.message : String(error)}. This is a bug of the sandbox; please report it.`,
      },
    }),
  }
}

function respond(requestId: string, outcome: Outcome, version?: string): Response {
  return new Response(outcome.body, {
    status: outcome.status,
    headers: {
      'content-type': 'application/json',
      'request-id': requestId,
      ...(version === undefined ? {} : { 'stripe-version': version }),
      ...outcome.headers,
    },
  })
}
