import { createHash, timingSafeEqual } from 'node:crypto'
import { ProvisoError } from '../errors.ts'

export interface AuthorizationOptions {
  apiKeys: readonly string[]
  allowUnauthenticated: boolean
}

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Answers a check that throws unless the request carries one of the keys. Digests are compared, all
 * of them and in constant time, so neither a key's length nor its place in the list can be timed.
 */
export function createAuthorization(options: AuthorizationOptions): (request: Request) => void {
  const digests = options.apiKeys.map(digest)
  return (request) => {
    if (options.allowUnauthenticated) return assertLoopbackName(request)
    const presented = bearerOf(request)
    if (presented === null) {
      throw new ProvisoError(
        'unauthorized',
        'This address needs the header "Authorization: Bearer <PROVISO_API_KEY>".',
      )
    }
    const candidate = digest(presented)
    let isKnown = false
    for (const known of digests) isKnown = timingSafeEqual(known, candidate) || isKnown
    if (!isKnown) {
      throw new ProvisoError(
        'unauthorized',
        'The bearer key is not one of those in PROVISO_API_KEY (several are separated by commas).',
      )
    }
  }
}

/**
 * Without a key only names of this machine are served: a web page whose own host name was pointed at
 * 127.0.0.1 sends that name and is turned away.
 */
function assertLoopbackName(request: Request): void {
  const { hostname } = new URL(request.url)
  if (LOOPBACK_HOSTS.has(hostname)) return
  throw new ProvisoError(
    'unauthorized',
    `Without PROVISO_API_KEY only localhost is served, not "${hostname}"; set PROVISO_API_KEY to serve other names.`,
  )
}

function bearerOf(request: Request): string | null {
  const match = /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '')
  return match?.[1] ?? null
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}
