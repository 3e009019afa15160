import type { Answer } from './contestant.ts'

interface Entry {
  readonly at: number
  readonly answers: readonly Answer[]
  readonly isAllIn: boolean
}

/** What one contestant answered, from which second on, and whether it had been told all by then. */
export class Timeline {
  readonly #entries: Entry[] = []

  /** Of several notes of one second the last one stands. */
  note(at: number, answers: readonly Answer[], isAllIn: boolean): void {
    const last = this.#entries.at(-1)
    if (last !== undefined && last.at === at) this.#entries.pop()
    this.#entries.push({ at, answers, isAllIn })
  }

  /** Something was emitted that it has yet to be told. */
  isBehind(at: number): void {
    this.note(at, this.#entries.at(-1)?.answers ?? [], false)
  }

  /** What held at the end of a second. */
  at(second: number): { answers: readonly Answer[]; isAllIn: boolean } {
    const entry = this.#entries.findLast(({ at }) => at <= second)
    const answers = (entry?.answers ?? []).map((answer) =>
      answer.allowed && answer.until !== null && answer.until <= second
        ? { ...answer, allowed: false, value: null, until: null }
        : answer,
    )
    return { answers, isAllIn: entry?.isAllIn ?? true }
  }

  /** Seconds at which what it answers may have changed. */
  moments(): number[] {
    return this.#entries.flatMap(({ at, answers }) => [
      at,
      ...answers.flatMap(({ until }) => (until === null ? [] : [until])),
    ])
  }
}
