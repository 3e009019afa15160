import type { Scope } from '../core/fact.ts'
import type { StripeClient } from './client.ts'
import { isHash, type JsonHash } from './json.ts'
import { createMeterRequest, type MeterRequest } from './meter-request.ts'
import { createMeterStream } from './meter-stream.ts'
import type { MeterFailure } from './meter-failure.ts'

/** A meter of Stripe's, as far as reporting to it needs. */
export interface Meter {
  id: string
  /** sum | count | last */
  formula: string
  customerKey: string
  valueKey: string
}

export interface MeterEvent {
  /** Event name of the meter. */
  name: string
  identifier: string
  stripeCustomer: string
  quantity: number
  /** Unix seconds. */
  at: number
}

export interface SummaryRange {
  stripeCustomer: string
  /** Unix seconds on whole minutes; `to` does not count. */
  from: number
  to: number
}

export type MeterResult<T> = { kind: 'ok'; value: T } | MeterFailure

/** What Proviso asks of Stripe's metering (v1). */
export interface MeterApi {
  /** The meter of an event name, the active one before those that were closed; null: there is none. */
  meter(name: string, scope: Scope): Promise<MeterResult<Meter | null>>
  /** A second event of one identifier counts once for 24 hours: both answer `ok`. */
  send(event: MeterEvent, meter: Meter | null, scope: Scope): Promise<MeterResult<null>>
  /** Takes an event back, within 24 hours of its receipt. */
  cancel(event: Pick<MeterEvent, 'name' | 'identifier'>, scope: Scope): Promise<MeterResult<null>>
  /** Units that Stripe counts for a customer. */
  summary(meter: Meter, range: SummaryRange, scope: Scope): Promise<MeterResult<number>>
  /** An event in full: what is delivered of a thin one names an object and says no more. */
  thinEvent(id: string, scope: Scope): Promise<MeterResult<JsonHash>>
}

export interface MeterApiOptions {
  client: () => Promise<StripeClient>
  /** How events are sent; a connected account's go by v1. @defaultValue 'v1' */
  events?: 'v1' | 'v2Stream'
  /** @defaultValue 100 */
  perSecond?: number
  /** Milliseconds since the epoch. @defaultValue Date.now */
  now?: () => number
  /** @defaultValue 20000 */
  timeoutMs?: number
}

/** Meters hardly ever change, and their keys never do. */
const MEMORY_MS = 600_000
const MEMORY_OF_NONE_MS = 30_000

export function createMeterApi(options: MeterApiOptions): MeterApi {
  const now = options.now ?? Date.now
  const request = createMeterRequest({
    client: options.client,
    perSecond: options.perSecond ?? 100,
    now,
    timeoutMs: options.timeoutMs ?? 20_000,
  })
  const stream = options.events === 'v2Stream' ? createMeterStream({ request, now }) : null
  const known = new Map<string, { meters: Map<string, Meter>; readAt: number }>()

  return {
    async meter(name, scope) {
      const key = `${scope.account} ${scope.livemode}`
      const held = known.get(key)
      const found = held?.meters.get(name)
      const age = now() - (held?.readAt ?? -Infinity)
      if (age < (found === undefined ? MEMORY_OF_NONE_MS : MEMORY_MS)) {
        return { kind: 'ok', value: found ?? null }
      }
      const listed = await listMeters(request, scope)
      if (listed.kind !== 'ok') return listed
      known.set(key, { meters: listed.value, readAt: now() })
      return { kind: 'ok', value: listed.value.get(name) ?? null }
    },
    async send({ name, identifier, stripeCustomer, quantity, at }, meter, scope) {
      const event = {
        event_name: name,
        identifier,
        payload: {
          [meter?.customerKey ?? 'stripe_customer_id']: stripeCustomer,
          [meter?.valueKey ?? 'value']: String(quantity),
        },
      }
      // Nothing of Stripe's says that a session may act for a connected account.
      const answer =
        stream !== null && scope.account === ''
          ? await stream({ ...event, timestamp: new Date(at * 1000).toISOString() }, scope)
          : await request('POST', '/v1/billing/meter_events', scope, { ...event, timestamp: at })
      return isRepeated(answer) ? DONE : done(answer)
    },
    async cancel({ name, identifier }, scope) {
      return done(
        await request('POST', '/v1/billing/meter_event_adjustments', scope, {
          type: 'cancel',
          event_name: name,
          cancel: { identifier },
        }),
      )
    },
    async summary({ id }, { stripeCustomer, from, to }, scope) {
      const query = new URLSearchParams({
        customer: stripeCustomer,
        start_time: String(from),
        end_time: String(to),
      })
      const path = `/v1/billing/meters/${encodeURIComponent(id)}/event_summaries`
      const answer = await request('GET', `${path}?${query}`, scope)
      if (answer.kind !== 'ok') return answer
      const values = dataOf(answer.json).map((summary) => Number(summary['aggregated_value']))
      return { kind: 'ok', value: values.reduce((sum, value) => sum + value, 0) }
    },
    async thinEvent(id, scope) {
      const answer = await request('GET', `/v2/core/events/${encodeURIComponent(id)}`, scope)
      return answer.kind === 'ok' ? { kind: 'ok', value: answer.json } : answer
    },
  }
}

const DONE: MeterResult<null> = { kind: 'ok', value: null }

async function listMeters(
  request: MeterRequest,
  scope: Scope,
): Promise<MeterResult<Map<string, Meter>>> {
  const meters = new Map<string, Meter>()
  const query = new URLSearchParams({ limit: '100' })
  for (;;) {
    const answer = await request('GET', `/v1/billing/meters?${query}`, scope)
    if (answer.kind !== 'ok') return answer
    const page = dataOf(answer.json)
    for (const meter of page) {
      const name = String(meter['event_name'])
      // What a closed meter has counted can still be asked for.
      if (meter['status'] === 'active' || !meters.has(name)) meters.set(name, readMeter(meter))
    }
    const last = page.at(-1)?.['id']
    if (answer.json['has_more'] !== true || typeof last !== 'string') {
      return { kind: 'ok', value: meters }
    }
    query.set('starting_after', last)
  }
}

function readMeter(meter: JsonHash): Meter {
  return {
    id: String(meter['id']),
    formula: String(field(meter, 'default_aggregation', 'formula')),
    customerKey: String(field(meter, 'customer_mapping', 'event_payload_key')),
    valueKey: String(field(meter, 'value_settings', 'event_payload_key')),
  }
}

function field(json: JsonHash, name: string, part: string): unknown {
  const hash = json[name]
  return isHash(hash) ? hash[part] : undefined
}

function dataOf(json: JsonHash): JsonHash[] {
  return Array.isArray(json['data']) ? json['data'].filter(isHash) : []
}

/** Stripe has this very event already: an answer that was lost. */
function isRepeated(answer: { kind: string; code?: string; message?: string }): boolean {
  return (
    answer.kind === 'refused' &&
    (answer.code === 'duplicate_meter_event_identifier' ||
      /already exists with identifier/.test(answer.message ?? ''))
  )
}

function done(answer: { kind: 'ok' } | MeterFailure): MeterResult<null> {
  return answer.kind === 'ok' ? DONE : answer
}
