import { Random } from '../random.ts'
import { DEFAULT_SETTINGS, type Settings } from '../settings.ts'
import type { SignalName, Signals } from '../signals.ts'
import type { TableName, Tables } from '../tables.ts'
import type { Json } from '../wire.ts'
import { Clock, type Job } from './clock.ts'
import type { AnyObject, Cause, SnapshotEvent, ThinEvent } from './event.ts'
import { INDEXES } from './indexes.ts'
import { previousAttributes } from './previous-attributes.ts'
import { Table } from './table.ts'

export interface WorldOptions {
  readonly seed: string
  /** Unix seconds at which the sandbox's own clock starts. */
  readonly now: number
  readonly settings?: Partial<Settings>
}

/** How the world reaches the rest of the sandbox; set once, by `assemble`. */
export interface WorldWiring {
  readonly runJob: (world: World, job: Job) => void
  readonly send: <Name extends SignalName>(world: World, name: Name, signal: Signals[Name]) => void
}

const AUTOMATION: Cause = { id: null, idempotency_key: null }

/** The id of the customer an object belongs to, whose test clock is then its time. */
type Owner = string | null | undefined

/**
 * All of one Stripe account in test mode: objects, time lines, work to come and the events emitted.
 * A state machine without input or output: it reads no clock and no randomness of its own, so the
 * same seed and calls give the same world, byte for byte.
 */
export class World {
  readonly random: Random
  settings: Settings
  /** The API request being answered, told in the events it causes. */
  cause: Cause = AUTOMATION
  readonly events = new Table<SnapshotEvent>()
  readonly thinEvents = new Table<ThinEvent>()
  readonly #tables = new Map<TableName, Table<{ readonly id: string }>>()
  readonly #clocks = new Map<string, Clock>()
  readonly #wiring: WorldWiring
  readonly #listeners: ((event: SnapshotEvent | ThinEvent) => void)[] = []
  readonly clock: Clock
  /** Whether an endpoint has yet to accept an event. Whatever delivers puts its answer here. */
  awaits: (event: string) => boolean = () => false

  constructor(options: WorldOptions, wiring: WorldWiring) {
    this.random = new Random(options.seed)
    this.settings = { ...DEFAULT_SETTINGS, ...options.settings }
    this.clock = new Clock(options.now)
    this.#wiring = wiring
  }

  // Ids

  /** A new id: `world.id('sub')` is `sub_` and 24 letters and digits. */
  id(prefix: string, length = 24): string {
    return `${prefix}_${this.random.text(length)}`
  }

  // Objects

  table<Name extends TableName>(name: Name): Table<Tables[Name]> {
    let table = this.#tables.get(name)
    if (table === undefined) {
      table = new Table<{ readonly id: string }>()
      this.#tables.set(name, table)
    }
    return table as unknown as Table<Tables[Name]>
  }

  get<Name extends TableName>(name: Name, id: string | null | undefined): Tables[Name] | undefined {
    return id === null || id === undefined ? undefined : this.table(name).get(id)
  }

  /** For ids our own state refers to. Throws where it is missing, which is a fault of the sandbox. */
  must<Name extends TableName>(name: Name, id: string): Tables[Name] {
    const value = this.table(name).get(id)
    if (value === undefined) throw new Error(`the sandbox refers to a missing ${name}: ${id}`)
    return value
  }

  /** Values whose `index` (a top-level string field, or an entry of INDEXES) is `key`, oldest first. */
  where<Name extends TableName>(name: Name, index: string, key: string): Tables[Name][] {
    const named = INDEXES[name]?.[index] as
      ((value: Tables[Name]) => string | readonly string[] | null) | undefined
    return this.table(name).where(
      index,
      named ??
        ((value) => {
          const field = (value as unknown as Record<string, unknown>)[index]
          return typeof field === 'string' ? field : null
        }),
      key,
    )
  }

  insert<Name extends TableName>(name: Name, value: Tables[Name]): Tables[Name] {
    this.table(name).set(value)
    return value
  }

  /** Replaces fields; tells nobody. */
  patch<Name extends TableName>(
    name: Name,
    id: string,
    fields: Partial<Tables[Name]>,
  ): Tables[Name] {
    const value = { ...this.must(name, id), ...fields }
    this.table(name).set(value)
    return value
  }

  /**
   * Replaces fields and, where anything really changed, emits `event` with the old values.
   * The way of every `*.updated`.
   */
  change<Name extends TableName>(
    name: Name,
    id: string,
    fields: Partial<Tables[Name]>,
    event: string,
  ): Tables[Name] {
    const before = this.must(name, id)
    const after = this.patch(name, id, fields)
    const previous = previousAttributes(before, after)
    if (previous !== undefined) this.emit(event, after as AnyObject, previous)
    return after
  }

  remove(name: TableName, id: string): void {
    this.table(name).remove(id)
  }

  // Events

  emit(
    type: string,
    object: AnyObject,
    previous?: Readonly<Record<string, Json | undefined>>,
  ): SnapshotEvent {
    const event: SnapshotEvent = {
      id: this.id('evt'),
      object: 'event',
      api_version: this.settings.apiVersion,
      created: this.now(ownerOf(object)),
      data: { object, ...(previous === undefined ? {} : { previous_attributes: previous }) },
      livemode: false,
      request: this.cause,
      type,
      emitted: this.now(),
    }
    this.events.set(event)
    for (const listen of this.#listeners) listen(event)
    return event
  }

  emitThin(event: Omit<ThinEvent, 'id' | 'object' | 'created' | 'livemode' | 'reason'>): ThinEvent {
    const thin: ThinEvent = {
      id: this.id('evt_test'),
      object: 'v2.core.event',
      created: new Date(this.now() * 1_000).toISOString(),
      livemode: false,
      reason: null,
      ...event,
    }
    this.thinEvents.set(thin)
    for (const listen of this.#listeners) listen(thin)
    return thin
  }

  onEvent(listen: (event: SnapshotEvent | ThinEvent) => void): void {
    this.#listeners.push(listen)
  }

  /** Tells the other resources, now, inside the same change. */
  signal<Name extends SignalName>(name: Name, signal: Signals[Name]): void {
    this.#wiring.send(this, name, signal)
  }

  // Time

  /** Unix seconds for what belongs to `customer`: its test clock's time, or the sandbox's own. */
  now(customer?: Owner): number {
    return this.clockOf(customer).now
  }

  /** The test clock of a customer, by id, or null. */
  testClockOf(customer: Owner): string | null {
    return this.get('customer', customer)?.test_clock ?? null
  }

  clockOf(customer: Owner): Clock {
    const id = this.testClockOf(customer)
    return (id === null ? undefined : this.#clocks.get(id)) ?? this.clock
  }

  /** Does `name` to the object `id` at `at` (Unix seconds), on the clock of `customer`. */
  schedule(customer: Owner, job: Job): void {
    this.clockOf(customer).schedule(job)
  }

  unschedule(customer: Owner, name: string, id: string): void {
    this.clockOf(customer).cancel(name, id)
  }

  testClock(id: string): Clock | undefined {
    return this.#clocks.get(id)
  }

  addTestClock(id: string, now: number): void {
    this.#clocks.set(id, new Clock(now))
  }

  dropTestClock(id: string): void {
    this.#clocks.delete(id)
  }

  /** Runs what is due on a clock up to `to` (Unix seconds). What it does is Stripe's automation. */
  advance(clock: Clock, to: number): void {
    const cause = this.cause
    this.cause = AUTOMATION
    try {
      clock.advance(to, (job) => {
        this.#wiring.runJob(this, job)
      })
    } finally {
      this.cause = cause
    }
  }
}

function ownerOf(object: AnyObject): string | null {
  const fields = object as unknown as Record<string, unknown>
  const owner = object.object === 'customer' ? fields['id'] : fields['customer']
  return typeof owner === 'string' ? owner : null
}
