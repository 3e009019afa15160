import { setTimeout as delay } from 'node:timers/promises'
import { startCli } from './cli.ts'
import type { RunningCli } from './cli.ts'
import { WEBHOOK_SECRET } from './signed-event.ts'

export const API_KEY = 'key_of_the_test'

const PATIENCE_MS = 90_000

export interface ServiceProcess {
  /** Where it listens; waits for one that is starting, rejects when that one ends first. */
  url(): Promise<string>
  /** The answer of a GET, parsed. */
  get<T>(path: string): Promise<{ status: number; body: T }>
  /** SIGKILL: nothing is flushed, nothing is closed. Resolves when the process is gone. */
  kill(): Promise<void>
  /** A new process with the same settings, on another port. */
  start(): void
  /** Asks it to end; the exit code. */
  stop(): Promise<number | null>
  /** Standard error of all its lives. */
  log(): string
}

export interface ServiceOptions {
  database: string
  catalogFile: string
}

/** `proviso serve`, the built command, in a process that may be killed and started again. */
export function startServiceProcess({ database, catalogFile }: ServiceOptions): ServiceProcess {
  const env = {
    DATABASE_URL: database,
    PROVISO_CATALOG: catalogFile,
    PROVISO_API_KEY: API_KEY,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
  }
  const lives: RunningCli[] = []
  let current: { running: RunningCli; address: Promise<string> }

  function start(): void {
    const running = startCli(['serve', '--json', '--port', '0'], { env })
    lives.push(running)
    const address = running
      .line<{ url: string }>((line) => line['event'] === 'listening')
      .then(({ url }) => url)
    // Nobody has to be asking while it is killed.
    address.catch(() => undefined)
    current = { running, address }
  }

  start()
  return {
    url: () => current.address,
    async get<T>(path: string) {
      const response = await fetch(`${await current.address}${path}`, {
        headers: { authorization: `Bearer ${API_KEY}` },
      })
      return { status: response.status, body: (await response.json()) as T }
    },
    async kill() {
      await current.running.stop('SIGKILL')
    },
    start,
    stop: () => current.running.stop(),
    log: () => lives.map(({ stderr }) => stderr()).join(''),
  }
}

/** Waits until `condition` holds; rejects when it takes too long, naming what was waited for. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  everyMs = 20,
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`It did not come true in time: ${what}.`)
    await delay(everyMs)
  }
}

interface Readiness {
  ready: boolean
  pending: number
  hold: unknown
}

/** Waits until everything received is settled; answers how ready it is then. */
export async function untilSettled(service: ServiceProcess): Promise<Readiness> {
  let answer = await service.get<Readiness>('/readyz')
  await until('everything received is settled', async () => {
    answer = await service.get('/readyz')
    return answer.status === 200 && answer.body.pending === 0
  }).catch((error: unknown) => {
    throw new Error(`${String(error)} ${JSON.stringify(answer)} ${service.log()}`)
  })
  return answer.body
}
