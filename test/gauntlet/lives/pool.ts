import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Answer, Task } from './worker.ts'

/** Processes that each have one task at a time. */
export interface Pool {
  /** Resolves once all tasks are done; `take` is given each answer as it comes. */
  run(tasks: Iterable<Task>, take: (answer: Answer) => void): Promise<void>
  /** Resolves once every process has ended. */
  close(): Promise<void>
}

/** One process for each list of arguments. */
export function openPool(processes: readonly (readonly string[])[]): Pool {
  const file = fileURLToPath(new URL('worker.ts', import.meta.url))
  const workers = processes.map((given) => fork(file, given, { execArgv: process.execArgv }))

  async function serve(worker: ChildProcess, tasks: Iterator<Task>, take: (a: Answer) => void) {
    for (let next = tasks.next(); next.done !== true; next = tasks.next()) {
      take(await ask(worker, next.value))
    }
  }

  return {
    async run(tasks, take) {
      const left = tasks[Symbol.iterator]()
      await Promise.all(workers.map((worker) => serve(worker, left, take)))
    },
    async close() {
      await Promise.all(workers.map(end))
    },
  }
}

function ask(worker: ChildProcess, task: Task): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => {
      reject(new Error(`A worker ended with ${String(code)} on ${JSON.stringify(task)}.`))
    }
    worker.once('exit', onExit)
    worker.once('message', (answer) => {
      worker.off('exit', onExit)
      resolve(answer as Answer)
    })
    worker.send(task)
  })
}

async function end(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return
  const ended = once(worker, 'exit')
  worker.disconnect()
  await ended
}
