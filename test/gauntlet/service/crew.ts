import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Briefing, Outcome, Task } from './task.ts'

export interface Crew {
  readonly briefing: Briefing
  readonly tasks: readonly Task[]
  /** @defaultValue the machine's processors, at most 8 */
  readonly workers?: number
  onDone?(outcome: Outcome, done: number, of: number): void
}

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url))
const MOST_WORKERS = 8

/** Does tasks in processes side by side; outcomes stand in the order of the tasks. */
export async function runCrew({ briefing, tasks, workers, onDone }: Crew): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let taken = 0
  let done = 0
  const count = Math.min(workers ?? Math.min(availableParallelism(), MOST_WORKERS), tasks.length)
  const next = (): Held | null => {
    const place = taken
    const task = tasks[place]
    taken += 1
    return task === undefined ? null : { task, place }
  }
  const finished = (place: number, outcome: Outcome) => {
    outcomes[place] = outcome
    done += 1
    onDone?.(outcome, done, tasks.length)
  }
  await Promise.all(Array.from({ length: count }, () => workThrough(briefing, next, finished)))
  return outcomes
}

interface Held {
  readonly task: Task
  readonly place: number
}

/** One process after another, until nothing is left: a story that kills its process fails alone. */
async function workThrough(
  briefing: Briefing,
  next: () => Held | null,
  finished: (place: number, outcome: Outcome) => void,
): Promise<void> {
  for (;;) {
    const died = await employ(briefing, next, finished)
    if (died === null) return
    const { task, place } = died.held
    finished(place, { kind: 'failed', story: task.story, error: died.error })
  }
}

/** Feeds one process; answers null when all is done, or over which task it ended. */
function employ(
  briefing: Briefing,
  next: () => Held | null,
  finished: (place: number, outcome: Outcome) => void,
): Promise<{ readonly held: Held; readonly error: string } | null> {
  return new Promise((resolve, reject) => {
    const child = fork(WORKER, [], { execArgv: ['--import', 'tsx'], serialization: 'advanced' })
    let held: Held | null = null
    const feed = () => {
      held = next()
      if (held === null) child.disconnect()
      else child.send(held.task)
    }
    child.on('error', reject)
    child.on('message', (outcome: Outcome) => {
      if (held !== null) finished(held.place, outcome)
      feed()
    })
    child.on('exit', (code) => {
      if (held === null) resolve(null)
      else {
        const error = `story ${String(held.task.story + 1)}: its process ended with ${String(code)}`
        resolve({ held, error })
      }
    })
    child.send(briefing)
    feed()
  })
}
