import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The built command, as a user has it. */
const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** Longest wait for a line or an end; a machine under load takes its time. */
const PATIENCE_MS = 120_000

export interface CliOptions {
  env?: Record<string, string>
  cwd?: string
}

export interface CliResult {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs a command to its end. Nothing of this process's own settings reaches it. */
export async function runCli(
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  const running = startCli(args, options)
  const code = await running.ended
  return { code, stdout: running.stdout(), stderr: running.stderr() }
}

export interface RunningCli {
  process: ChildProcess
  stdout(): string
  stderr(): string
  /** The first JSON line that satisfies `isWanted`; rejects when the process ends without it. */
  line<T extends object>(isWanted: (line: Record<string, unknown>) => boolean): Promise<T>
  /** Asks it to end and waits until it has. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  ended: Promise<number | null>
}

export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  const ended = once(child, 'close').then(([code]) => code as number | null)
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    async line<T extends object>(isWanted: (line: Record<string, unknown>) => boolean): Promise<T> {
      const signal = AbortSignal.timeout(PATIENCE_MS)
      const failed = ended.then((code) => {
        throw new Error(`proviso ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`)
      })
      failed.catch(() => undefined)
      for (;;) {
        const found = jsonLines(stdout).find(isWanted)
        if (found !== undefined) return found as T
        await Promise.race([once(child.stdout, 'data', { signal }), failed])
      }
    },
    stop(signal = 'SIGTERM') {
      child.kill(signal)
      return ended
    },
  }
}

export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** A folder of its own for one test file. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'proviso-cli-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
