import { setTimeout as delay } from 'node:timers/promises'
import type { Scope } from '../core/fact.ts'
import { ERROR_CODES, ProvisoError } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import type { Reconciliation } from '../engine/usage/report-contract.ts'
import type { TrackAnswer, TrackLine } from '../engine/usage/usage-contract.ts'
import type { Source } from './source.ts'

export interface ServiceClientOptions {
  /** Address of a running service, no slash at the end. */
  url: string
  apiKey: string | null
}

const TIMEOUT_MS = 60_000
/** Stripe is asked once a line. */
const RECONCILE_TIMEOUT_MS = 600_000
const POLL_MS = 500

/** A running service, asked over HTTP, as the same source that an engine in this process is. */
export function createServiceClient({ url, apiKey }: ServiceClientOptions): Source {
  const customerPath = (customer: string): string => `/v1/customers/${encodeURIComponent(customer)}`

  async function call<T>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    query: Query = {},
    body?: object,
    timeoutMs = TIMEOUT_MS,
  ): Promise<T> {
    const address = new URL(`${url}${path}`)
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) address.searchParams.set(name, String(value))
    }
    let response: Response
    try {
      response = await fetch(address, {
        method,
        headers: {
          ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      })
    } catch (cause) {
      throw unreachable(url, cause)
    }
    const text = await response.text()
    if (!response.ok) throw refusal(response.status, text, url)
    return parse<T>(text, url)
  }

  return {
    access: (customer, scope) => call('GET', `${customerPath(customer)}/access`, scopeQuery(scope)),
    check: ({ customer, feature, quantity, ...scope }) =>
      call('GET', `${customerPath(customer)}/access/${encodeURIComponent(feature)}`, {
        quantity,
        ...scopeQuery(scope),
      }),
    explain: ({ customer, feature, at, ...scope }) =>
      call('GET', `${customerPath(customer)}/explain`, { feature, at, ...scopeQuery(scope) }),
    grant: ({ customer, account, livemode, ...grant }) =>
      call(
        'POST',
        `${customerPath(customer)}/grants`,
        scopeQuery({ ...(account && { account }), ...(livemode !== undefined && { livemode }) }),
        grant,
      ),
    revoke: (request) =>
      call('DELETE', `${customerPath(request.customer)}/grants`, {
        ...('id' in request ? { id: request.id } : { feature: request.feature }),
        ...scopeQuery(request),
      }),
    track: (event) => call('POST', '/v1/usage', {}, event),
    async trackMany(events) {
      // An empty list is no request the service takes.
      if (events.length === 0) return []
      const { lines } = await call<TrackedLines>('POST', '/v1/usage', {}, { events })
      return lines.map((line): TrackLine => {
        if (!line.ok) return { ok: false, error: errorOf(line.error) }
        const { ok, ...answer } = line
        return { ok, answer }
      })
    },
    usage: (customer, feature, scope) =>
      call(
        'GET',
        `${customerPath(customer)}/usage/${encodeURIComponent(feature)}`,
        scopeQuery(scope),
      ),
    cancelUsage: ({ id, ...scope }) =>
      call('DELETE', `/v1/usage/${encodeURIComponent(id)}`, scopeQuery(scope)),
    async reconcileUsage({ customer, meter, from, to, ...scope } = {}) {
      const query = { customer, meter, from, to, ...scopeQuery(scope) }
      const { lines } = await call<{ lines: Reconciliation[] }>(
        ...(['GET', '/v1/usage/reconcile', query, undefined, RECONCILE_TIMEOUT_MS] as const),
      )
      return lines
    },
    usageReports: ({ status, customer, after, limit, ...scope } = {}) =>
      call('GET', '/v1/usage/reports', { status, customer, after, limit, ...scopeQuery(scope) }),
    async retryUsageReports({ identifier, status, ...scope } = {}) {
      const body = { identifier, status }
      const path = '/v1/usage/reports/retry'
      return (await call<{ retried: number }>('POST', path, scopeQuery(scope), body)).retried
    },
    usageCounts: (scope) => call('GET', '/v1/usage/counts', scopeQuery(scope)),
    changes: (query) => call('GET', '/v1/changes', { ...query }),
    async waitForChanges(_after, waitMs, signal) {
      // Asking again is enough at a terminal; programs use the event stream.
      await delay(Math.min(waitMs, POLL_MS), undefined, signal && { signal }).catch(() => undefined)
    },
    async deadLetters(consumer) {
      const answer = await call<{ deadLetters: Awaited<ReturnType<Source['deadLetters']>> }>(
        'GET',
        '/v1/dead-letters',
        { consumer },
      )
      return answer.deadLetters
    },
    async retryDeadLetters(consumer, position) {
      const body = { consumer, ...(position !== undefined && { position }) }
      return (await call<{ retried: number }>('POST', '/v1/dead-letters/retry', {}, body)).retried
    },
    releaseBreaker: () => call('POST', '/v1/breaker/release'),
    close: () => Promise.resolve(),
  }
}

interface TrackedLines {
  lines: (({ ok: true } & TrackAnswer) | { ok: false; error: ToldError })[]
}

type Query = Record<string, string | number | boolean | undefined>

function scopeQuery(scope: Partial<Scope> | undefined): Query {
  return { livemode: scope?.livemode, account: scope?.account === '' ? undefined : scope?.account }
}

function parse<T>(text: string, url: string): T {
  try {
    return JSON.parse(text) as T
  } catch (cause) {
    throw new ProvisoError(
      'invalid_request',
      `What answered at ${url} is not Proviso: its answer is not JSON. Check --url.`,
      { cause },
    )
  }
}

function refusal(status: number, text: string, url: string): ProvisoError {
  const { error = {} } = parse<{ error?: ToldError }>(text, url)
  return errorOf({ message: `${url} answered ${status}.`, ...error })
}

interface ToldError {
  code?: string
  message?: string
  details?: object
}

function errorOf({ code, details, message = '' }: ToldError): ProvisoError {
  const known = code !== undefined && code in ERROR_CODES ? (code as ErrorCode) : 'internal'
  return new ProvisoError(known, message, {
    ...(details === undefined ? {} : { details: { ...details } }),
  })
}

function unreachable(url: string, cause: unknown): ProvisoError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const said = inner instanceof Error ? inner.message || inner.name : String(inner)
  return new ProvisoError(
    'invalid_request',
    `No service answers at ${url} (${said}): start one with "proviso dev" or "proviso serve", or correct --url.`,
    { cause },
  )
}
