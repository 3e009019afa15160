import { API_VERSION, type Body, type Json, type Shape, type StripeEvent } from './event.ts'
import { previousAttributes } from './previous-attributes.ts'

export interface AccountOptions {
  shape: Shape
  /** Keeps the ids of one story apart from another's. */
  prefix: string
  /** Unix seconds of the first event. */
  start: number
  /** Event types the endpoint listens to, as `enabled_events` at Stripe; absent: all. */
  events?: readonly string[]
}

/**
 * A Stripe account that writes down what it would send. Everything is counted, nothing is random, so
 * that a story's ids are the same on every run and in both shapes.
 */
export class Account {
  readonly shape: Shape
  readonly bodies: Body[] = []
  /** Unix seconds; only a story moves it. */
  now: number
  readonly #prefix: string
  readonly #events: ReadonlySet<string> | null
  readonly #counters = new Map<string, number>()

  constructor(options: AccountOptions) {
    this.shape = options.shape
    this.now = options.start
    this.#prefix = options.prefix
    this.#events = options.events === undefined ? null : new Set(options.events)
  }

  /** `sub_a1`, `sub_a2`, …: counted per kind, so that one shape's extra events shift no ids. */
  id(kind: string): string {
    const count = (this.#counters.get(kind) ?? 0) + 1
    this.#counters.set(kind, count)
    return `${kind}_${this.#prefix}${String(count)}`
  }

  /** Moves the clock by a number of seconds. */
  wait(seconds: number): this {
    this.now += seconds
    return this
  }

  /** Moves the clock to a second that must not lie behind. */
  until(at: number): this {
    if (at < this.now) throw new Error(`The story cannot go back from ${this.now} to ${at}`)
    this.now = at
    return this
  }

  emit(type: string, object: Json, options: EmitOptions = {}): void {
    if (this.#events !== null && !this.#events.has(type)) return
    const event: StripeEvent = {
      id: this.id('evt'),
      object: 'event',
      api_version: API_VERSION[this.shape],
      created: options.at ?? this.now,
      livemode: false,
      pending_webhooks: 1,
      request: { id: options.request ?? null, idempotency_key: null },
      type,
      data: structuredClone(
        options.previous === undefined
          ? { object }
          : { object, previous_attributes: options.previous },
      ),
    }
    this.bodies.push(event)
  }

  /** What an API read started now would answer. */
  read(type: string, id: string, result: Json | null): void {
    const body = { object: 'proviso.read' as const, type, id, requested_at: this.now }
    this.bodies.push({ ...body, result: structuredClone(result) })
  }

  /**
   * Stripe sometimes makes two Event objects of one change (stripe-facts §0e): the same body under a
   * second id.
   */
  double(type: string): void {
    const last = this.bodies.findLast((body) => body.object === 'event' && body.type === type)
    if (last?.object !== 'event') throw new Error(`No ${type} to double`)
    this.bodies.push({ ...structuredClone(last), id: this.id('evt') })
  }

  /** The network lost the latest event of a type: it never happened for whoever listens. */
  lose(type: string): void {
    const at = this.bodies.findLastIndex((body) => body.object === 'event' && body.type === type)
    if (at === -1) throw new Error(`No ${type} to lose`)
    this.bodies.splice(at, 1)
  }
}

export interface EmitOptions {
  /** Stripe request id; absent: Stripe's own automation. */
  request?: string
  previous?: Json
  /** Stamps the event with another second than the account's clock. */
  at?: number
}

/** An object at Stripe: it renders itself in the account's shape and tells of its changes. */
export abstract class StripeObject {
  abstract readonly id: string
  readonly account: Account
  /** The object as Stripe last told of it; what changed in silence since shows in the next event. */
  #told: Json | null = null

  constructor(account: Account) {
    this.account = account
  }

  abstract render(): Json

  /** Tells of the object as it is now, under any event name. */
  emit(type: string, options: EmitOptions = {}): this {
    this.#told = this.render()
    this.account.emit(type, this.#told, options)
    return this
  }

  /** Changes the object and tells what it was before. */
  protected change(type: string, mutate: () => void, options: EmitOptions = {}): this {
    const before = this.#told ?? this.render()
    mutate()
    return this.emit(type, { previous: previousAttributes(before, this.render()), ...options })
  }
}
