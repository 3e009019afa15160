import type { Answer, Contestant, Seat, Setting } from './contestant.ts'
import { Timeline } from './timeline.ts'

/** Seconds after a refusal at which Stripe sends again in test mode (stripe-facts §3, "Retries"). */
const RETRY_AFTER = [3_600, 3 * 3_600]

interface Retry {
  readonly at: number
  readonly event: string
  readonly request: Request
  readonly failures: number
}

/** Some seats act by themselves when a time has come. */
interface Alarmed {
  wakesAt?(): Promise<number | null>
}

/** One contestant in one run: what it is owed, what it answered, and when it must be looked at again. */
export class Entrant {
  readonly name: string
  readonly timeline = new Timeline()
  answers: readonly Answer[] = []
  readonly #seat: Seat & Alarmed
  readonly #isWatched: boolean
  readonly #now: () => number
  readonly #owed = new Set<string>()
  #retries: Retry[] = []
  #failure: { readonly error: unknown } | null = null
  #alarm: number | null = null

  private constructor(name: string, seat: Seat, setting: Setting, isWatched: boolean) {
    this.name = name
    this.#seat = seat
    this.#isWatched = isWatched
    this.#now = setting.now
  }

  /** `isWatched`: what it answers is read after each delivery, not only when it is looked at. */
  static async enter(
    contestant: Contestant,
    setting: Setting,
    { isWatched }: { readonly isWatched: boolean },
  ): Promise<Entrant> {
    return new Entrant(contestant.name, await contestant.open(setting), setting, isWatched)
  }

  get reads(): number {
    return this.#seat.reads
  }

  get owed(): ReadonlySet<string> {
    return this.#owed
  }

  /** Unix seconds at which something is to be done for it; Infinity: nothing is. */
  get nextAt(): number {
    return Math.min(this.#alarm ?? Infinity, ...this.#retries.map(({ at }) => at))
  }

  owe(event: string): void {
    this.#owed.add(event)
    this.timeline.isBehind(this.#now())
  }

  /** Gives it a delivery, and reads what it answers after it. */
  async take(event: string, request: Request, failures = 0): Promise<void> {
    const copy = request.clone()
    const response = await this.#seat.take(request).catch(() => null)
    await response?.arrayBuffer()
    const wait = RETRY_AFTER[failures]
    if (response?.ok === true || wait === undefined) this.#owed.delete(event)
    else {
      const at = this.#now() + wait
      this.#retries.push({ at, event, request: copy, failures: failures + 1 })
    }
    await (this.#isWatched ? this.look() : this.#setAlarm())
  }

  /** Gives it at once what it has refused so far. */
  async retryNow(): Promise<void> {
    const refused = this.#retries
    this.#retries = []
    for (const { event, request } of refused) await this.take(event, request, RETRY_AFTER.length)
  }

  /** Does what has fallen due. */
  async wake(): Promise<void> {
    const now = this.#now()
    if (this.nextAt > now) return
    const due = this.#retries.filter(({ at }) => at <= now)
    this.#retries = this.#retries.filter(({ at }) => at > now)
    for (const { event, request, failures } of due) await this.take(event, request, failures)
    await this.look()
  }

  /** Reads what it answers now. A failure is kept for the end: the mail of the others must go on. */
  async look(): Promise<void> {
    try {
      this.answers = await this.#seat.answers()
      this.timeline.note(this.#now(), this.answers, this.#owed.size === 0)
      await this.#setAlarm()
    } catch (error) {
      this.#failure ??= { error }
    }
  }

  /** @throws what failed while it was looked at, so that no figure is taken from it. */
  assertSound(): void {
    if (this.#failure === null) return
    throw new Error(`${this.name} could not answer.`, { cause: this.#failure.error })
  }

  async #setAlarm(): Promise<void> {
    const alarm = (await this.#seat.wakesAt?.()) ?? null
    // What fell due and stays so is done when the time moves on.
    this.#alarm = alarm === null ? null : Math.max(alarm, this.#now() + 1)
  }

  close(): Promise<void> {
    return this.#seat.close()
  }
}
