import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface WorkerTask {
  url: string
  kind: 'track' | 'consume'
  customer: string
  feature: string
  /** One use of 1 each. */
  ids: string[]
  /** Uses under way at any time. */
  atOnce: number
}

export type WorkerAnswer =
  | { kind: 'answered'; id: string }
  | { kind: 'done'; allowed: number }
  | { kind: 'failed'; message: string }

export interface UsageWorker {
  /** Ids that were answered, so far. */
  answered: Set<string>
  /** How many were allowed, once all are answered. */
  done: Promise<number>
  /** SIGKILL; resolves when the process is gone and all it said has been read. */
  kill(): Promise<void>
}

/** Uses things up in another process. */
export function startUsageWorker(
  task: WorkerTask,
  onAnswer: (answered: number) => void = () => {},
): UsageWorker {
  const file = fileURLToPath(new URL('./usage-worker.ts', import.meta.url))
  const child = fork(file, [], { execArgv: ['--import', 'tsx'] })
  const answered = new Set<string>()
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const done = new Promise<number>((resolve, reject) => {
    child.on('message', (answer: WorkerAnswer) => {
      if (answer.kind === 'failed') reject(new Error(answer.message))
      if (answer.kind === 'done') resolve(answer.allowed)
      if (answer.kind !== 'answered') return
      answered.add(answer.id)
      onAnswer(answered.size)
    })
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new Error(`The process ended before it was done (${code ?? signal}).`)),
    )
  })
  done.catch(() => undefined)
  child.send(task)
  return {
    answered,
    done,
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}
