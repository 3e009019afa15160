import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { CoreResult } from './result.ts'

/** What a worker is told to do. */
export interface Task {
  readonly story: number
  readonly orders: number
  readonly seed: string
  readonly isExhaustive: boolean
}

/** What it answers. */
export type Answer =
  | { readonly story: number; readonly result: CoreResult }
  | { readonly story: number; readonly error: string }

export interface Run {
  /** Places in STORIES. */
  readonly stories: readonly number[]
  readonly orders: number
  readonly seed: string
  readonly isExhaustive?: boolean
  /** @defaultValue the machine's processors */
  readonly workers?: number
  /** Told as each story is done, in no order. */
  onStory?(result: CoreResult, done: number, of: number): void
}

/** Runs stories on all processors, each worker one at a time; results stand in the order of `stories`. */
export async function runAll(run: Run): Promise<CoreResult[]> {
  const { stories, orders, seed, isExhaustive = false } = run
  const results = new Map<number, CoreResult>()
  // The longest come first as far as one can know: exhaustive ones are spread by taking turns.
  const waiting = [...stories]
  const count = Math.min(run.workers ?? availableParallelism(), stories.length)
  const next = (): Task | null => {
    const story = waiting.shift()
    return story === undefined ? null : { story, orders, seed, isExhaustive }
  }
  await Promise.all(
    Array.from({ length: count }, () =>
      workThrough(next, (story, result) => {
        results.set(story, result)
        run.onStory?.(result, results.size, stories.length)
      }),
    ),
  )
  return stories.map((story) => results.get(story) as CoreResult)
}

/** One process, fed until nothing is left. */
function workThrough(
  next: () => Task | null,
  done: (story: number, result: CoreResult) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const file = fileURLToPath(new URL('./worker.ts', import.meta.url))
    const child = fork(file, [], { execArgv: ['--import', 'tsx'], serialization: 'advanced' })
    let task: Task | null = null
    const feed = () => {
      task = next()
      if (task === null) child.disconnect()
      else child.send(task)
    }
    const fail = (error: Error) => {
      child.kill()
      reject(error)
    }
    child.on('error', fail)
    child.on('message', (answer: Answer) => {
      if ('error' in answer) {
        fail(new Error(answer.error))
        return
      }
      done(answer.story, answer.result)
      feed()
    })
    child.on('exit', (code) => {
      if (task !== null) reject(new Error(`a worker ended with ${String(code)} at its story`))
      else resolve()
    })
    feed()
  })
}
