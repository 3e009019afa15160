import { Random } from '../random.ts'
import type { SnapshotEvent } from '../world/event.ts'
import type { World } from '../world/world.ts'
import { NO_CHAOS, withChaos, type Chaos } from './chaos.ts'
import { isAccepted, type Destination } from './destination.ts'
import { renderEvent } from './render-event.ts'
import { signatureOf } from './sign.ts'

/**
 * Seconds after the first attempt at which Stripe tries again in test mode: three attempts over a
 * few hours (stripe-facts §3, "Retries"; the exact times are not published).
 */
const RETRY_AFTER = [3_600, 3 * 3_600]

/** A delivery still to be made or being made. */
interface Pending {
  readonly event: SnapshotEvent
  readonly destination: Destination
  /** Failed attempts so far. */
  readonly failures: number
  /** The sandbox's time, Unix seconds. */
  readonly at: number
  /** A second copy asked for by chaos or by hand is not retried. */
  readonly isExtra: boolean
}

export interface OutboxOptions {
  readonly seed: string
  /** Deliveries under way at once: 1 makes the order of arrival a function of the seed. */
  readonly concurrency: number
  /** Real time in Unix seconds, for signatures. */
  readonly realNow: () => number
}

export interface OutboxStatus {
  readonly delivered: number
  readonly failed: number
  readonly lost: number
  /** Due now and not yet made. */
  readonly due: number
  /** To be made at a later time of the sandbox's clock. */
  readonly later: number
}

/** Every delivery that is still owed, and the making of those that are due. */
export class Outbox {
  chaos: Chaos = NO_CHAOS
  readonly #world: World
  readonly #options: OutboxOptions
  readonly #random: Random
  readonly #destinations = new Map<string, Destination>()
  /** In order of emission; due ones are taken from the front, as far as chaos lets them be. */
  #waiting: Pending[] = []
  #later: Pending[] = []
  #underWay = 0
  #isDoubling = false
  #isClosed = false
  #delivered = 0
  #failed = 0
  #lost = 0
  /** Deliveries not yet successful, by event: what `pending_webhooks` says. */
  readonly #owed = new Map<string, number>()
  readonly #owedToOrganizations = new Map<string, number>()
  #idle: (() => void)[] = []

  constructor(world: World, options: OutboxOptions) {
    this.#world = world
    this.#options = options
    this.#random = new Random(`${options.seed} deliveries`)
    world.onEvent((event) => {
      if (event.object === 'event') this.#accept(event)
    })
  }

  setChaos(change: Partial<Chaos>): Chaos {
    this.chaos = withChaos(this.chaos, change)
    return this.chaos
  }

  add(destination: Destination): void {
    this.#destinations.set(destination.id, destination)
  }

  /** Deliveries still owed to it are given up: an endpoint that is gone is not retried. */
  remove(id: string): void {
    this.#destinations.delete(id)
    const isOthers = (pending: Pending): boolean => {
      if (pending.destination.id !== id) return true
      this.#settle(pending.event.id, pending.destination)
      return false
    }
    this.#waiting = this.#waiting.filter(isOthers)
    this.#later = this.#later.filter(isOthers)
  }

  pendingWebhooks(eventId: string): number {
    return this.#owed.get(eventId) ?? 0
  }

  /** Whether a draft waits for it: an organization's destination cannot hold one (stripe-facts row 95). */
  holdsDraft(eventId: string): boolean {
    return this.pendingWebhooks(eventId) > (this.#owedToOrganizations.get(eventId) ?? 0)
  }

  status(): OutboxStatus {
    return {
      delivered: this.#delivered,
      failed: this.#failed,
      lost: this.#lost,
      due: this.#waiting.length + this.#underWay,
      later: this.#later.length,
    }
  }

  /** Sends an event once more, to one destination or all that want it (`stripe events resend`). */
  resend(event: SnapshotEvent, destinationId?: string): number {
    const chosen = [...this.#destinations.values()].filter(
      (destination) =>
        destination.id === destinationId ||
        (destinationId === undefined && destination.wants(event.type)),
    )
    for (const destination of chosen) {
      this.#owe(event.id, destination)
      this.#waiting.push({ event, destination, failures: 0, at: this.#world.now(), isExtra: true })
    }
    this.#pump()
    return chosen.length
  }

  /** Resolves once nothing is due at the sandbox's present time. */
  async idle(): Promise<void> {
    this.#pump()
    if (this.#waiting.length === 0 && this.#underWay === 0) return
    await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /** To be called after time has moved: what was to be made later may now be due. */
  wake(): void {
    this.#pump()
  }

  /** The next time at which something held back falls due, or undefined. */
  get nextAt(): number | undefined {
    return this.#later.reduce<number | undefined>(
      (least, pending) => (least === undefined || pending.at < least ? pending.at : least),
      undefined,
    )
  }

  close(): void {
    this.#isClosed = true
    this.#waiting = []
    this.#later = []
    this.#tellIdle()
  }

  #accept(event: SnapshotEvent): void {
    const { chaos } = this
    if (!this.#isDoubling && chaos.double > 0 && this.#random.next() < chaos.double) {
      this.#isDoubling = true
      try {
        this.#world.emit(event.type, event.data.object, event.data.previous_attributes)
      } finally {
        this.#isDoubling = false
      }
    }
    for (const destination of this.#destinations.values()) {
      if (!destination.wants(event.type)) continue
      if (chaos.lose > 0 && this.#random.next() < chaos.lose) {
        this.#lost += 1
        continue
      }
      this.#owe(event.id, destination)
      this.#later.push(this.#planned(event, destination, false))
      if (chaos.duplicate > 0 && this.#random.next() < chaos.duplicate) {
        this.#owe(event.id, destination)
        this.#later.push(this.#planned(event, destination, true))
      }
    }
    // Not at once: the change that emits is not over yet.
    queueMicrotask(() => this.#pump())
  }

  #planned(event: SnapshotEvent, destination: Destination, isExtra: boolean): Pending {
    const { delay } = this.chaos
    const wait = delay === 0 ? 0 : this.#random.integer(Math.floor(delay) + 1)
    return { event, destination, failures: 0, at: this.#world.now() + wait, isExtra }
  }

  #pump(): void {
    if (this.#isClosed) return
    const now = this.#world.now()
    if (this.#later.some((pending) => pending.at <= now)) {
      this.#waiting.push(...this.#later.filter((pending) => pending.at <= now))
      this.#later = this.#later.filter((pending) => pending.at > now)
    }
    while (this.#underWay < this.#options.concurrency && this.#waiting.length > 0) {
      const window = Math.max(1, Math.min(Math.floor(this.chaos.reorder), this.#waiting.length))
      const [pending] = this.#waiting.splice(window === 1 ? 0 : this.#random.integer(window), 1)
      if (pending === undefined) break
      this.#underWay += 1
      void this.#attempt(pending).finally(() => {
        this.#underWay -= 1
        this.#pump()
        if (this.#waiting.length === 0 && this.#underWay === 0) this.#tellIdle()
      })
    }
  }

  async #attempt(pending: Pending): Promise<void> {
    const { event, destination } = pending
    const isDropped = this.chaos.drop > 0 && this.#random.next() < this.chaos.drop
    const status = isDropped ? 0 : await destination.deliver(this.#write(event, destination))
    if (this.#isClosed) return
    if (isAccepted(status)) {
      this.#delivered += 1
      this.#settle(event.id, destination)
      return
    }
    this.#failed += 1
    const wait = RETRY_AFTER[pending.failures]
    if (pending.isExtra || wait === undefined || !this.#destinations.has(destination.id)) {
      return
    }
    this.#later.push({ ...pending, failures: pending.failures + 1, at: this.#world.now() + wait })
  }

  #write(event: SnapshotEvent, destination: Destination) {
    const version = destination.apiVersion ?? event.api_version
    const rendered = renderEvent(this.#world, event, version, this.pendingWebhooks(event.id))
    const body = JSON.stringify({ ...rendered, ...destination.from }, null, 2)
    return {
      eventId: event.id,
      type: event.type,
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': signatureOf(body, destination.secret, this.#options.realNow()),
      },
    }
  }

  #owe(eventId: string, { from }: Destination): void {
    add(this.#owed, eventId, 1)
    if (from?.context !== undefined) add(this.#owedToOrganizations, eventId, 1)
  }

  /** What is given up is never settled: it stays counted as pending, since it never succeeded. */
  #settle(eventId: string, { from }: Destination): void {
    add(this.#owed, eventId, -1)
    if (from?.context !== undefined) add(this.#owedToOrganizations, eventId, -1)
  }

  #tellIdle(): void {
    const idle = this.#idle
    this.#idle = []
    for (const resolve of idle) resolve()
  }
}

function add(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change
  if (count <= 0) counts.delete(key)
  else counts.set(key, count)
}
