import { Hono } from 'hono'
import type { Chaos } from '../delivery/chaos.ts'
import type { OutboxStatus } from '../delivery/outbox.ts'
import type { ApiFaults } from '../faults/api-faults.ts'
import type { Settings } from '../settings.ts'

/** What can be done to a sandbox beside what Stripe's API can do. */
export interface Controls {
  status(): SandboxStatus
  /** @returns the sandbox's time after, Unix seconds. */
  advance(seconds: number): Promise<number>
  setChaos(change: Partial<Chaos>): Chaos
  setFaults(change: Partial<ApiFaults>): ApiFaults
  setSettings(change: Partial<Settings>): Settings
}

export interface SandboxStatus {
  /** Unix seconds on the sandbox's own clock. */
  readonly now: number
  readonly events: number
  readonly customers: number
  readonly subscriptions: number
  readonly deliveries: OutboxStatus
  readonly chaos: Chaos
  readonly faults: ApiFaults
  readonly settings: Settings
}

/** `/_sandbox`: the control panel of a sandbox that runs as a process. JSON in, JSON out. */
export function createControl(controls: Controls): Hono {
  const app = new Hono()
  app.get('/_sandbox', (context) => context.json(controls.status()))
  app.post('/_sandbox/advance', async (context) => {
    const { seconds } = await context.req.json<{ seconds?: unknown }>()
    if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) {
      throw new RangeError(
        `seconds is ${String(seconds)}; time moves forward by a number of seconds`,
      )
    }
    const now = await controls.advance(Math.round(seconds))
    return context.json({ now, deliveries: controls.status().deliveries })
  })
  app.post('/_sandbox/chaos', async (context) =>
    context.json(controls.setChaos(await context.req.json<Partial<Chaos>>())),
  )
  app.post('/_sandbox/faults', async (context) =>
    context.json(controls.setFaults(await context.req.json<Partial<ApiFaults>>())),
  )
  app.post('/_sandbox/settings', async (context) =>
    context.json(controls.setSettings(await context.req.json<Partial<Settings>>())),
  )
  app.onError((error, context) =>
    error instanceof RangeError || error instanceof SyntaxError
      ? context.json({ error: { code: 'invalid_request', message: error.message } }, 400)
      : context.json({ error: { code: 'internal', message: error.message } }, 500),
  )
  return app
}
