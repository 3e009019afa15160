import type { Scope } from '../core/fact.ts'
import type { MeterAnswer, MeterRequest } from './meter-request.ts'
import { createMeterSessions } from './meter-session.ts'

/** As the stream takes it: the timestamp is RFC 3339, values are text (stripe-facts §5). */
export interface StreamedEvent {
  event_name: string
  identifier: string
  payload: Record<string, string>
  timestamp: string
}

/** Sends one event, together with what others send meanwhile. */
export type MeterStream = (event: StreamedEvent, scope: Scope) => Promise<MeterAnswer>

interface Waiting {
  event: StreamedEvent
  answer(answer: MeterAnswer): void
  fail(error: unknown): void
}

/** One request takes a hundred (stripe-facts §5). */
const MOST_EVENTS = 100
/** Milliseconds: two requests and two sessions must fit into the time that a report is lent for. */
const TIMEOUT_MS = 10_000
const PATH = '/v2/billing/meter_event_stream'

/**
 * Stripe's meter event stream. While one request is under way, events wait for the next. `ok` says that
 * Stripe has them: it checks them afterwards, and tells of those that cannot count by thin events.
 */
export function createMeterStream(options: {
  request: MeterRequest
  /** Milliseconds since the epoch. */
  now: () => number
}): MeterStream {
  const { request } = options
  const sessions = createMeterSessions(options)
  const queues = new Map<boolean, Waiting[]>()

  async function drain(scope: Scope, queue: Waiting[]): Promise<void> {
    // Lets the other events of this turn of the event loop join.
    await new Promise((resolve) => setImmediate(resolve))
    while (queue.length > 0) await deliver(scope, queue.splice(0, MOST_EVENTS))
    queues.delete(scope.livemode)
  }

  /** Never throws: every event gets its own answer. */
  async function deliver(scope: Scope, batch: readonly Waiting[]): Promise<void> {
    try {
      const events = batch.map(({ event }) => event)
      const answer = await post(scope, events)
      // Refused as a whole, none counts: one of them may be why, and must not cost the others.
      if (answer.kind === 'refused' && batch.length > 1) {
        const half = batch.length >> 1
        await deliver(scope, batch.slice(0, half))
        await deliver(scope, batch.slice(half))
      } else for (const one of batch) one.answer(answer)
    } catch (error) {
      for (const one of batch) one.fail(error)
    }
  }

  /** A token may end before its time: with a new one it is tried once more, since nothing was taken. */
  async function post(scope: Scope, events: readonly StreamedEvent[]): Promise<MeterAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const session = await sessions.open(scope)
      if (session.kind !== 'ok') return session
      const { token } = session
      const own = { apiKey: token, apiBase: 'meter_events', timeout: TIMEOUT_MS } as const
      const answer = await request('POST', PATH, scope, { events }, own)
      if (answer.kind !== 'unavailable') return answer
      sessions.forget(scope, token)
      if (attempt === 2) return answer
    }
  }

  return (event, scope) =>
    new Promise((answer, fail) => {
      const queue = queues.get(scope.livemode)
      if (queue !== undefined) return void queue.push({ event, answer, fail })
      const begun = [{ event, answer, fail }]
      queues.set(scope.livemode, begun)
      void drain(scope, begun)
    })
}
