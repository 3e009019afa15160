/** Random numbers that a seed repeats: a failure is replayed with the seed it prints. */
export interface Random {
  /** From 0 up to and without 1. */
  next(): number
  /** A whole number from 0 up to and without `limit`. */
  below(limit: number): number
  /** True with the given probability. */
  chance(probability: number): boolean
  shuffled<T>(values: readonly T[]): T[]
}

/** The run's seed: `PROVISO_SEED`, or 1, so that a run without one repeats the last. */
export const SEED = Number(process.env['PROVISO_SEED'] ?? 1)

/** One stream per name, so that a test run alone draws what it draws in the whole file. */
export function seeded(name: string, seed = SEED): Random {
  let state = hash(`${String(seed)} ${name}`)
  // Mulberry32: small, and even enough to choose orders with.
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    shuffled(values) {
      const order = [...values]
      for (let last = order.length - 1; last > 0; last--) {
        const other = below(last + 1)
        ;[order[last], order[other]] = [order[other] as never, order[last] as never]
      }
      return order
    },
  }
}

/** The command that repeats one test with this run's seed. */
export function replayLine(file: string, test: string): string {
  const pattern = test.replace(/[.*+?^${}()|[\]\\']/g, '.')
  return `PROVISO_SEED=${String(SEED)} npx vitest run --project core ${file} -t '${pattern}'`
}

function hash(text: string): number {
  let value = 0x811c9dc5
  for (const letter of text) value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  return value >>> 0
}
