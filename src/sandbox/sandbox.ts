import { Hono } from 'hono'
import { assemble } from './assemble.ts'
import { MODULES } from './modules.ts'
import { createApi } from './protocol/api.ts'
import type { Settings } from './settings.ts'
import type { World } from './world/world.ts'

export interface SandboxOptions {
  /** Same seed and same calls: same ids, same events, same chaos. Default `proviso`. */
  readonly seed?: string | number
  /**
   * Where the sandbox's clock starts: a date, or Unix seconds. Given, time stands still until
   * `advance`; absent, it starts now and runs as real time does.
   */
  readonly now?: Date | string | number
  readonly settings?: Partial<Settings>
}

/** How far to move the clock; parts add up. Months and years are not offered: they have no one length. */
export interface Duration {
  readonly seconds?: number
  readonly minutes?: number
  readonly hours?: number
  readonly days?: number
}

export interface Sandbox {
  /** The whole sandbox as a function: API, pages and control. */
  fetch(request: Request): Promise<Response>
  /** The state behind it, for tests that want to look. */
  readonly world: World
  /** Moves the sandbox's own clock, running all that falls due on the way. */
  advance(by: Duration): Promise<void>
  close(): Promise<void>
}

export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const start = options.now === undefined ? Date.now() / 1_000 : secondsOf(options.now)
  const assembled = assemble(MODULES, {
    seed: String(options.seed ?? 'proviso'),
    now: Math.floor(start),
    ...(options.settings === undefined ? {} : { settings: options.settings }),
  })
  const { world } = assembled
  const api = createApi({
    ...assembled,
    publicUrl: () => undefined,
    onFault: (error, request) => {
      console.error(`sandbox: ${request} failed`, error)
    },
  })
  const app = new Hono()
  app.route('/', api)
  return {
    fetch: async (request) => app.fetch(request),
    world,
    advance: async (by) => {
      world.advance(world.clock, world.clock.now + secondsIn(by))
    },
    close: async () => {},
  }
}

function secondsOf(now: Date | string | number): number {
  const seconds = typeof now === 'number' ? now : new Date(now).getTime() / 1_000
  if (!Number.isFinite(seconds))
    throw new RangeError(`createSandbox: now is no time: ${String(now)}`)
  return seconds
}

function secondsIn({ seconds = 0, minutes = 0, hours = 0, days = 0 }: Duration): number {
  return seconds + 60 * minutes + 3_600 * hours + 86_400 * days
}
