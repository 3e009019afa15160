import qs from 'qs'
import { assemble } from '../../../src/sandbox/assemble.ts'
import { renderEvent } from '../../../src/sandbox/delivery/render-event.ts'
import { SANDBOX_KEY } from '../../../src/sandbox/index.ts'
import { MODULES } from '../../../src/sandbox/modules.ts'
import { createApi } from '../../../src/sandbox/protocol/api.ts'
import type { Route } from '../../../src/sandbox/protocol/route.ts'
import { events } from '../../../src/sandbox/resources/events/index.ts'
import type { SnapshotEvent } from '../../../src/sandbox/world/event.ts'
import type { World } from '../../../src/sandbox/world/world.ts'
import { describeViolation, routeOf, validateAnswer, validateEvent } from '../judges/sdk-schema.ts'
import type { Params } from '../support/call.ts'
import { Dice } from './dice.ts'
import { livedIn } from './lived-in.ts'
import { requestFor, type Sent } from './request-for.ts'

export const NOW = Date.UTC(2026, 0, 31, 12) / 1_000

/** Codes that Stripe's guides have and the SDK's type of an error's code lacks. */
const UNDOCUMENTED = new Set([
  'subscription_payment_intent_requires_action',
  'duplicate_meter_event_identifier',
  'archived_meter',
  'meter_event_customer_not_found',
  'meter_event_invalid_value',
  'meter_event_no_customer_defined',
  'meter_event_value_too_many_digits',
  'no_meter',
  'checkout_session_completed',
  'checkout_session_expired',
  'invalid_session_token',
  'billing_meter_event_session_expired',
  'timestamp_in_future',
  'timestamp_too_far_in_past',
])

/** One step of a random story: a call, or a wait between calls. */
export interface Step {
  /** Which route, by its place in the list. */
  readonly route: number
  /** Decides ids and parameters, from what there is when the step is taken. */
  readonly dice: number
  /** Seconds that pass before it. */
  readonly wait: number
}

/** A sandbox without deliveries, that has been lived in, and is judged at every step. */
export class Fuzzed {
  readonly world: World
  readonly routes: readonly Route[]
  /** What a step draws from: routes that change something three times as often. */
  readonly #drawn: readonly Route[]
  /** Ids of what has been deleted. */
  readonly removed: string[] = []
  /** Parameters that each route has taken in the life before. */
  readonly #sound = new Map<Route, Params[]>()
  calls = 0
  accepted = 0
  readonly #fetch: (request: Request) => Promise<Response>
  #unjudged: SnapshotEvent[] = []
  #fault: unknown

  constructor() {
    const delivery = {
      render: (event: SnapshotEvent) => renderEvent(this.world, event, event.api_version, 0),
      pendingWebhooks: () => 0,
      resend: () => 1,
    }
    const assembled = assemble([...MODULES, events(delivery)], { seed: 'fuzz', now: NOW })
    this.world = assembled.world
    this.routes = assembled.routes
    const writing = this.routes.filter(({ method }) => method !== 'GET')
    this.#drawn = [...this.routes, ...writing, ...writing]
    this.world.onEvent((event) => {
      if (event.object === 'event') this.#unjudged.push(event)
    })
    const api = createApi({
      ...assembled,
      publicUrl: () => undefined,
      onCall: () => undefined,
      onFault: (error) => (this.#fault = error),
    })
    this.#fetch = async (request) => api.fetch(request)
  }

  /** @throws {Error} where the life it begins with is not as it should be. */
  static async open(): Promise<Fuzzed> {
    const fuzzed = new Fuzzed()
    const must = async (sent: Sent) => {
      const body = await fuzzed.send(sent)
      if (body['error'] !== undefined) {
        throw new Error(`${sent.method} ${sent.path}: ${JSON.stringify(body)}`)
      }
      return body as { id: string }
    }
    const plain = { version: '2026-10-28.endive', query: '' }
    await livedIn(
      (path, params = {}) => {
        fuzzed.#remember(path, params)
        return must({ ...plain, method: 'POST', path, body: qs.stringify(params) })
      },
      (path) => must({ ...plain, method: 'DELETE', path, body: '' }),
      (seconds) => fuzzed.wait(seconds),
      NOW,
    )
    return fuzzed
  }

  /** @throws {Error} naming the first thing that must never be. */
  async take(step: Step): Promise<void> {
    if (step.wait > 0) this.wait(step.wait)
    const route = this.#drawn[step.route % this.#drawn.length] as Route
    await this.send(
      requestFor(
        this.world,
        route,
        new Dice(step.dice),
        this.removed,
        this.#sound.get(route) ?? [],
      ),
    )
  }

  #remember(path: string, params: Params): void {
    const route = this.routes.find(
      ({ method, path: pattern }) =>
        method === 'POST' && new RegExp(`^${pattern.replace(/:\w+/gu, '[^/]+')}$`, 'u').test(path),
    )
    if (route !== undefined) this.#sound.set(route, [...(this.#sound.get(route) ?? []), params])
  }

  wait(seconds: number): void {
    this.world.advance(this.world.clock, this.world.now() + seconds)
    this.#judgeEvents('a wait')
  }

  async send(sent: Sent): Promise<Readonly<Record<string, unknown>>> {
    this.calls += 1
    this.#fault = undefined
    const { method, path, query, body, version } = sent
    const said = `${method} ${path}${query === '' ? '' : `?${query}`} ${body} (${version ?? 'no version'})`
    const response = await this.#fetch(
      new Request(`http://sandbox.invalid${path}${query === '' ? '' : `?${query}`}`, {
        method,
        headers: {
          authorization: `Bearer ${SANDBOX_KEY}`,
          ...(version === null ? {} : { 'stripe-version': version }),
          'content-type': body.startsWith('{')
            ? 'application/json'
            : 'application/x-www-form-urlencoded',
        },
        ...(method === 'POST' ? { body } : {}),
      }),
    )
    const { status } = response
    const answer = (await response.json()) as Record<string, unknown>
    if (status >= 500) throw new Error(`${said} answered ${status}`, { cause: this.#fault })
    this.#judgeAnswer(said, sent, status, answer)
    if (answer['deleted'] === true) this.removed.push(String(answer['id']))
    this.#judgeEvents(said)
    return answer
  }

  #judgeAnswer(said: string, sent: Sent, status: number, body: Record<string, unknown>): void {
    if (status >= 400) {
      const error = body['error'] as Readonly<Record<string, unknown>> | undefined
      if (typeof error?.['type'] !== 'string' || String(error['message'] ?? '') === '') {
        throw new Error(
          `${said} answered ${status} without type or message: ${JSON.stringify(body)}`,
        )
      }
    } else this.accepted += 1
    const isCurrent = sent.version === null || sent.version.startsWith('2026-10-28')
    if (!isCurrent || routeOf(sent.method, sent.path) === undefined) return
    if (UNDOCUMENTED.has(String((body['error'] as { code?: unknown } | undefined)?.code))) return
    const violations = validateAnswer({ method: sent.method, path: sent.path, status, body })
    if (violations.length > 0) {
      throw new Error(`${said} answered ${status}: ${violations.map(describeViolation).join('; ')}`)
    }
  }

  #judgeEvents(said: string): void {
    const emitted = this.#unjudged
    this.#unjudged = []
    for (const event of emitted) {
      const rendered = renderEvent(this.world, event, event.api_version, 0)
      const violations = validateEvent(JSON.parse(JSON.stringify(rendered)))
      if (violations.length > 0) {
        throw new Error(
          `${said} emitted ${event.type}: ${violations.map(describeViolation).join('; ')}`,
        )
      }
    }
  }
}
