import TinyQueue from 'tinyqueue'

/** Work to do at a time: plain data, so that a sandbox's future can be printed. */
export interface Job {
  /** Unix seconds. */
  readonly at: number
  readonly name: string
  /** The object it acts on. */
  readonly id: string
}

interface Entry extends Job {
  readonly sequence: number
}

/**
 * One time line: the sandbox's own, or that of a Stripe test clock. Time moves only by `advance`,
 * from one due job to the next, each run at exactly its second.
 */
export class Clock {
  #now: number
  #sequence = 0
  readonly #queue = new TinyQueue<Entry>([], (a, b) => a.at - b.at || a.sequence - b.sequence)
  readonly #current = new Map<string, Entry>()

  constructor(now: number) {
    this.#now = now
  }

  /** Unix seconds. */
  get now(): number {
    return this.#now
  }

  /** The time of the next job, or undefined. */
  get nextAt(): number | undefined {
    this.#dropStale()
    return this.#queue.peek()?.at
  }

  /** A job of the same name for the same object is moved, not doubled. */
  schedule(job: Job): void {
    const entry = { ...job, at: Math.max(job.at, this.#now), sequence: this.#sequence++ }
    this.#current.set(keyOf(job), entry)
    this.#queue.push(entry)
  }

  cancel(name: string, id: string): void {
    this.#current.delete(keyOf({ name, id }))
  }

  scheduledAt(name: string, id: string): number | undefined {
    return this.#current.get(keyOf({ name, id }))?.at
  }

  /** Runs all jobs due up to `to` (inclusive), in order, then stands at `to`. Never goes back. */
  advance(to: number, run: (job: Job) => void): void {
    for (;;) {
      this.#dropStale()
      const next = this.#queue.peek()
      if (next === undefined || next.at > to) break
      this.#queue.pop()
      this.#current.delete(keyOf(next))
      this.#now = Math.max(this.#now, next.at)
      run(next)
    }
    this.#now = Math.max(this.#now, to)
  }

  #dropStale(): void {
    for (;;) {
      const next = this.#queue.peek()
      if (next === undefined || this.#current.get(keyOf(next)) === next) return
      this.#queue.pop()
    }
  }
}

function keyOf({ name, id }: { readonly name: string; readonly id: string }): string {
  return `${name} ${id}`
}
