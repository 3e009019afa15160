import { isHash } from './json.ts'

/**
 * The second a request started, never later than Stripe's own clock says. A read beats events
 * created before it; were our clock ahead, it would beat events it cannot have seen.
 */
export function startedAt(startMs: number, endMs: number, date: string | null): number {
  const ours = Math.floor(startMs / 1000)
  const answeredMs = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(answeredMs)) return ours
  return Math.min(ours, Math.floor((answeredMs - (endMs - startMs)) / 1000))
}

/** The `Date` header of an answer, which the SDK keeps aside in `lastResponse`. */
export function dateOfAnswer(json: object): string | null {
  const response: unknown = 'lastResponse' in json ? json.lastResponse : null
  if (typeof response !== 'object' || response === null || !('headers' in response)) return null
  return dateOf(response.headers)
}

export function dateOf(headers: unknown): string | null {
  const date = isHash(headers) ? headers['date'] : null
  return typeof date === 'string' ? date : null
}
