import type { Setting } from '../../../test/gauntlet/live/contestant.ts'

/** What takes a bank, and with it a second or two: published captures show two. */
const PAYMENTS = new Set([
  'charge.succeeded',
  'charge.failed',
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'payment_intent.requires_action',
])

/**
 * Stamps by the story's time. A sandbox's clock stands still where Stripe's goes on: two calls, or a
 * payment and what follows from it, may fall into one second here and hardly would there. So each of
 * them is a step of its own within the second; what one step changes twice shares a stamp, as at Stripe.
 */
export class StoryTime {
  readonly #setting: Setting
  readonly #stamps = new Map<string, string>()
  readonly #steps = new Map<number, number>()
  #seen = 0
  #previous: { readonly request: string | null; readonly type: string } | null = null
  readonly #reads = new Map<number, number>()

  constructor(setting: Setting) {
    this.#setting = setting
  }

  /** When an event happened; ISO 8601. */
  ofEvent({ id, created }: { readonly id: string; readonly created: number }): string {
    this.#follow()
    return this.#stamps.get(id) ?? iso(created, 0)
  }

  /**
   * When something is read now: within the second before, one read after the other, so that what is
   * told of this second comes later. ISO 8601.
   */
  ofRead(): string {
    const second = this.#setting.now() - 1
    const count = (this.#reads.get(second) ?? 0) + 1
    this.#reads.set(second, count)
    return iso(second, count)
  }

  #follow(): void {
    const events = [...this.#setting.sandbox.world.events.values()]
    for (const { id, created, request, type } of events.slice(this.#seen)) {
      const before = this.#previous
      const isNext = before !== null && (before.request !== request.id || PAYMENTS.has(before.type))
      const step = (this.#steps.get(created) ?? 0) + (isNext ? 1_000 : 0)
      this.#steps.set(created, step)
      this.#stamps.set(id, iso(created, step))
      this.#previous = { request: request.id, type }
    }
    this.#seen = events.length
  }
}

function iso(second: number, micros: number): string {
  const whole = new Date(second * 1_000).toISOString()
  return whole.replace('.000Z', `.${String(Math.min(micros, 999_999)).padStart(6, '0')}Z`)
}
