import { createProgressBar } from '../src/cli/progress.ts'

export interface BenchProgress {
  /** One more step is under way. */
  step(name: string): void
  stop(): void
}

/** A bar where a person watches, a line per step elsewhere; both on stderr. */
export function createBenchProgress(total: number): BenchProgress {
  const isWatched = process.stderr.isTTY
  const bar = createProgressBar('measuring', false)
  let done = 0
  return {
    step(name) {
      if (!isWatched) process.stderr.write(`${done + 1}/${total} ${name}\n`)
      bar.update(done, total)
      done += 1
    },
    stop: () => bar.stop(),
  }
}
