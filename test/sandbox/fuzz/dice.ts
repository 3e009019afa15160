import { Random } from '../../../src/sandbox/random.ts'

/** Seeded choices, so that a step means the same each time it is replayed. */
export class Dice {
  readonly #random: Random

  constructor(seed: string | number) {
    this.#random = new Random(`fuzz ${seed}`)
  }

  /** A whole number from 0 to `below` - 1. */
  below(below: number): number {
    return Math.floor(this.#random.next() * below)
  }

  /** True in this share of throws. */
  chance(share: number): boolean {
    return this.#random.next() < share
  }

  /** @throws {RangeError} where there is nothing to choose from. */
  one<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)]
    if (value === undefined) throw new RangeError('Nothing to choose from.')
    return value
  }
}
