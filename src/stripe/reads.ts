import type { Need } from '../core/decision.ts'
import type { Scope } from '../core/fact.ts'
import { openStripeClient, type StripeClient, type StripeConnection } from './client.ts'
import type { JsonHash } from './json.ts'
import { isOtherMode, modeOfKey, otherMode } from './key-mode.ts'
import { listEvents } from './list-events.ts'
import type { EventEnvelope } from './envelope.ts'
import type { ReadBody } from './observation.ts'
import { READ_PLANS } from './read-plans.ts'
import { createGet, type Get } from './request.ts'

export type ReadOutcome =
  | { kind: 'ok'; body: ReadBody }
  /** Nothing is known yet: ask again after so many milliseconds. */
  | { kind: 'retry'; afterMs: number; message: string }
  /** Asking again will not help until a person changes the key or its permissions. */
  | { kind: 'refused'; message: string }

export interface Reader {
  /** Reads one object whole; Stripe's "no such object" is an answer (`result: null`). */
  read(need: Pick<Need, 'type' | 'object'>, scope: Scope): Promise<ReadOutcome>
  /** Events since a Unix second, oldest first; Stripe keeps 30 days. Throws when Stripe refuses. */
  listEvents(since: number, scope: Scope): AsyncIterableIterator<EventEnvelope>
  /** Rejects with `stripe_missing` where the SDK is not installed. */
  ready(): Promise<void>
}

export type ReaderOptions = ({ stripe: StripeClient } | StripeConnection) & {
  /** Requests a second for one endpoint of one account; Stripe allows 25. @defaultValue 20 */
  perSecond?: number
  /** Milliseconds since the epoch. @defaultValue Date.now */
  now?: () => number
  /**
   * Unix second by which answers are dated, where Stripe's time is not ours: a sandbox's or a test
   * clock's. @defaultValue our clock, and never later than Stripe's
   */
  second?: () => number | Promise<number>
  /** @defaultValue 20000 */
  timeoutMs?: number
}

export function createReader(options: ReaderOptions): Reader {
  const now = options.now ?? Date.now
  let opened: Promise<StripeClient> | null = null
  const client = () => (opened ??= open(options))
  const get = createGet({
    client,
    perSecond: options.perSecond ?? 20,
    now,
    timeoutMs: options.timeoutMs ?? 20_000,
    ...(options.second === undefined ? {} : { second: options.second }),
  })
  const keyMode = 'apiKey' in options ? modeOfKey(options.apiKey) : null

  return {
    async read(need, scope) {
      if (keyMode !== null && keyMode !== scope.livemode) return otherMode(need.object, scope)
      const starts: number[] = []
      const timed: Get = async (...request) => {
        const answer = await get(...request)
        if ('startedAt' in answer) starts.push(answer.startedAt)
        return answer
      }
      const answer = await READ_PLANS[need.type](timed, scope, need.object)
      // The first of several pages: what happened after it may be missing from the whole.
      const requestedAt = Math.min(...starts)
      switch (answer.kind) {
        case 'ok':
          if (isOtherMode(answer.json, scope)) return otherMode(need.object, scope)
          return { kind: 'ok', body: readBody(need, requestedAt, answer.json) }
        case 'absent':
          return { kind: 'ok', body: readBody(need, requestedAt, null) }
        case 'retry':
          return { kind: 'retry', afterMs: answer.afterMs, message: answer.message }
        case 'refused':
          return answer
      }
    },
    listEvents(since, scope) {
      return listEvents({ get, now, since, scope })
    },
    async ready() {
      await client()
    },
  }
}

function open(options: ReaderOptions): Promise<StripeClient> {
  if ('stripe' in options) return Promise.resolve(options.stripe)
  const { apiKey, host, port, protocol } = options
  return openStripeClient({
    apiKey,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(protocol === undefined ? {} : { protocol }),
  })
}

function readBody(
  need: Pick<Need, 'type' | 'object'>,
  requestedAt: number,
  result: JsonHash | null,
): ReadBody {
  return {
    object: 'proviso.read',
    type: need.type,
    id: need.object,
    requested_at: requestedAt,
    result,
  }
}
