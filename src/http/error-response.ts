import { HTTPException } from 'hono/http-exception'
import { isProvisoError, ProvisoError } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'

/** What a caller is told of an error. */
export interface ErrorDetail {
  code: ErrorCode
  message: string
  details?: Record<string, unknown>
}

export interface ErrorBody {
  error: ErrorDetail & { requestId: string }
}

/** Seconds after which a caller may try again what failed for want of the database. */
const RETRY_AFTER_SECONDS = 2

/** The one place where an error becomes an HTTP answer. */
export function errorResponse(thrown: unknown, requestId: string): Response {
  const error = asProvisoError(thrown, requestId)
  const body: ErrorBody = { error: { ...errorDetail(error, requestId), requestId } }
  const headers = new Headers({
    'content-type': 'application/json',
    'x-request-id': requestId,
    'cache-control': 'no-store',
  })
  if (error.status === 503) headers.set('retry-after', String(RETRY_AFTER_SECONDS))
  // What may be left of such a body must not be read as the next request.
  if (error.code === 'body_too_large') headers.set('connection', 'close')
  if (error.code === 'unauthorized') headers.set('www-authenticate', 'Bearer realm="proviso"')
  if (error.code === 'method_not_allowed') {
    headers.set('allow', listOf(error.details?.['allowed']).join(', '))
  }
  return new Response(JSON.stringify(body), { status: error.status, headers })
}

/** The same for one of several things in an answer. */
export function errorDetail(thrown: unknown, requestId: string): ErrorDetail {
  const { code, message, details } = asProvisoError(thrown, requestId)
  return { code, message, ...(details === undefined ? {} : { details }) }
}

/** True when the fault is ours and belongs in the log with its cause. */
export function isUnexpected(thrown: unknown): boolean {
  if (thrown instanceof HTTPException) return false
  return !isProvisoError(thrown) || thrown.status >= 500
}

function asProvisoError(thrown: unknown, requestId: string): ProvisoError {
  if (isProvisoError(thrown)) return thrown
  // Hono's own validators throw these for a body that is not JSON or a broken content type.
  if (thrown instanceof HTTPException && thrown.status < 500) {
    return new ProvisoError('invalid_request', `${thrown.message.replace(/\.?$/, '.')}`)
  }
  // What went wrong inside may carry data of a customer: the log has it, the caller does not.
  return new ProvisoError(
    'internal',
    `Something failed inside Proviso; its log has the cause under request id ${requestId}.`,
  )
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}
