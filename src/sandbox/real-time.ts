import type { World } from './world/world.ts'

/** setTimeout's longest wait; longer ones are made of several. */
const LONGEST_MS = 2 ** 31 - 1

/**
 * Lets a world's own clock run as real time does, ahead of it by what `advance` has added, and wakes
 * it when something falls due.
 */
export class RealTime {
  readonly #world: World
  readonly #nextDelivery: () => number | undefined
  readonly #onTick: () => void
  #offset: number
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(world: World, nextDelivery: () => number | undefined, onTick: () => void) {
    this.#world = world
    this.#nextDelivery = nextDelivery
    this.#onTick = onTick
    this.#offset = world.clock.now - Date.now() / 1_000
  }

  /** Brings the world's clock up to now, doing what has fallen due. */
  sync(): void {
    const now = Math.floor(Date.now() / 1_000 + this.#offset)
    if (now > this.#world.clock.now) this.#world.advance(this.#world.clock, now)
    this.plan()
  }

  /** Runs on from `at` (Unix seconds), where the world's clock has been moved to. */
  standAt(at: number): void {
    this.#offset = at - Date.now() / 1_000
    this.plan()
  }

  /** Sets the timer for what comes next. */
  plan(): void {
    clearTimeout(this.#timer)
    if (this.#isClosed) return
    const next = [this.#world.clock.nextAt, this.#nextDelivery()].filter((at) => at !== undefined)
    if (next.length === 0) return
    const wait = (Math.min(...next) - this.#offset) * 1_000 - Date.now()
    this.#timer = setTimeout(
      () => {
        this.sync()
        this.#onTick()
      },
      Math.min(Math.max(wait, 0), LONGEST_MS),
    )
    this.#timer.unref()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }
}
