import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answer, CommandName, Commands, Request } from './messages.ts'

const ENTRY = fileURLToPath(new URL('process.ts', import.meta.url))

export interface SubjectProcess {
  ask<Name extends CommandName>(
    name: Name,
    given: Commands[Name]['given'],
  ): Promise<Commands[Name]['answer']>
  /** Ends the process; a profile, if one was asked for, is written then. */
  end(): Promise<void>
}

/** Starts a process for one subject. `profileTo`: a folder for its CPU profile. */
export function startSubject(profileTo?: string): SubjectProcess {
  const child = fork(ENTRY, {
    execArgv: [
      ...process.execArgv,
      ...(profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileTo}`]),
    ],
  })
  const waiting = new Map<number, { resolve(answer: never): void; reject(error: Error): void }>()
  let sent = 0

  child.on('message', (message) => {
    const answer = message as Answer
    const asked = waiting.get(answer.number)
    waiting.delete(answer.number)
    if ('error' in answer) asked?.reject(new Error(answer.error))
    else asked?.resolve(answer.answer as never)
  })
  child.on('exit', (code) => {
    const ended = new Error(`A subject's process ended with ${String(code)}.`)
    for (const asked of waiting.values()) asked.reject(ended)
    waiting.clear()
  })

  return {
    ask: (name, given) =>
      new Promise((resolve, reject) => {
        sent += 1
        waiting.set(sent, { resolve, reject })
        child.send({ number: sent, name, given } satisfies Request)
      }),
    end: () => endOf(child),
  }
}

function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.disconnect()
  })
}
