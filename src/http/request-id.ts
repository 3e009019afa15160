import { randomUUID } from 'node:crypto'

/** A caller's own id is kept when it is safe to print in a log line and a header. */
const ACCEPTABLE = /^[\w.:-]{1,128}$/

export function requestIdOf(request: Request): string {
  const given = request.headers.get('x-request-id')
  return given !== null && ACCEPTABLE.test(given)
    ? given
    : `req_${randomUUID().replaceAll('-', '')}`
}
