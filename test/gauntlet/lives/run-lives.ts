import { createProgressBar } from '../../../src/cli/progress.ts'
import type { LivesOptions } from './lives-options.ts'
import { openPool } from './pool.ts'
import { openSeats } from './seats.ts'
import { seedOf, type Shrunk } from './random-life.ts'
import { count, emptyTally, type Tally } from './tally.ts'
import type { Task } from './worker.ts'

export interface LivesResult {
  readonly tally: Tally
  readonly seconds: number
  /** The likeliest failures, each as short as it was found to be. */
  readonly shrunk: readonly Shrunk[]
}

/** Plays the lives of a run over several processes, then shrinks the most frequent failures. */
export async function runLives(options: LivesOptions): Promise<LivesResult> {
  const { lives, seed, workers, looks, json, service, database } = options
  const started = performance.now()
  const tally = emptyTally()
  const processes = Math.min(workers, lives)
  const seats = service ? await openSeats(processes, database) : null
  const pool = openPool(
    Array.from({ length: processes }, (_, at) => seats?.urls.slice(at, at + 1) ?? []),
  )
  const bar = createProgressBar('lives', json)
  const shrunk: Shrunk[] = []
  try {
    const tasks = Array.from({ length: lives }, (_, life): Task => ({
      do: 'look',
      seed: seedOf(seed, life),
      looks,
    }))
    await pool.run(tasks, (answer) => {
      if (answer.did === 'look') count(tally, answer.report)
      bar.update(tally.lives, lives)
    })
    bar.stop()
    await pool.run(shrinksOf(tally, options), (answer) => {
      if (answer.did === 'shrink' && answer.shrunk !== null) shrunk.push(answer.shrunk)
    })
  } finally {
    bar.stop()
    await pool.close()
    await seats?.close()
  }
  return { tally, seconds: (performance.now() - started) / 1_000, shrunk }
}

function shrinksOf(
  { wrong, undecided }: Tally,
  { shrink, shrinkSeconds, looks, undecided: isAll }: LivesOptions,
): Task[] {
  return [...wrong.values(), ...(isAll ? undecided.values() : [])]
    .sort((a, b) => b.lives - a.lives)
    .slice(0, shrink)
    .map(({ seed, signature }) => ({
      do: 'shrink',
      ...{ seed, signature, looks },
      milliseconds: shrinkSeconds * 1_000,
    }))
}
