import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CatalogDefinition } from '../../src/core/catalog.ts'
import type { StripeConnection } from '../../src/stripe/client.ts'

export interface ReportTask {
  url: string
  stripe: StripeConnection
  catalog: CatalogDefinition
  /** Unix seconds that its clock stands at. */
  now: number
  feature: string
  uses: { id: string; customer: string; quantity: number; at: number }[]
  /** Uses under way at any time. */
  atOnce: number
}

export type ReportWorkerAnswer =
  | { kind: 'answered'; id: string; isNew: boolean }
  | { kind: 'done' }
  | { kind: 'failed'; message: string }

export interface ReportProcess {
  /** Resolves once all uses are recorded. */
  done: Promise<void>
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
}

/** Records and reports usage in another process. */
export function startReportWorker(
  task: ReportTask,
  onAnswer: (answered: number) => void = () => {},
): ReportProcess {
  const file = fileURLToPath(new URL('./report-worker.ts', import.meta.url))
  const child = fork(file, [], { execArgv: ['--import', 'tsx'] })
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let answered = 0
  const done = new Promise<void>((resolve, reject) => {
    child.on('message', (answer: ReportWorkerAnswer) => {
      if (answer.kind === 'failed') reject(new Error(answer.message))
      if (answer.kind === 'done') resolve()
      if (answer.kind === 'answered') onAnswer((answered += 1))
    })
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new Error(`The process ended before it was done (${code ?? signal}).`)),
    )
  })
  done.catch(() => undefined)
  child.send(task)
  return {
    done,
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}
