import { Hono } from 'hono'
import type Stripe from 'stripe'
import { assemble } from './assemble.ts'
import { createControl, type SandboxStatus } from './control/control.ts'
import type { Chaos } from './delivery/chaos.ts'
import { EndpointDestinations } from './delivery/endpoints.ts'
import { Outbox } from './delivery/outbox.ts'
import { renderEvent } from './delivery/render-event.ts'
import { secondsIn, type Duration } from './duration.ts'
import type { ApiFaults } from './faults/api-faults.ts'
import { Faulty } from './faults/faulty.ts'
import { appDestination, type DeliverToOptions } from './library/app-destination.ts'
import { sandboxClient } from './library/client.ts'
import { paySession, type PayOptions } from './library/pay-session.ts'
import { MODULES } from './modules.ts'
import { createPages, stockShop, type PagesOptions } from './pages/index.ts'
import { createApi } from './protocol/api.ts'
import { RealTime } from './real-time.ts'
import { events } from './resources/events/index.ts'
import { listenSandbox, type SandboxServer } from './server/listen.ts'
import { StripeListen } from './server/stripe-listen.ts'
import { withSettings, type Settings } from './settings.ts'
import type { SnapshotEvent } from './world/event.ts'
import type { World } from './world/world.ts'

export interface SandboxOptions {
  /** Same seed and same calls: same ids, same events, same chaos. Default `proviso`. */
  readonly seed?: string | number
  /**
   * Where the sandbox's clock starts: a date, or Unix seconds. Given, time stands still until
   * `advance`; absent, it starts now and runs as real time does.
   */
  readonly now?: Date | string | number
  /** Seconds by which a clock that runs starts ahead of real time. Default 0. */
  readonly ahead?: number
  readonly settings?: Partial<Settings>
  /** Also serve HTTP; `true` is any free port of 127.0.0.1. */
  readonly listen?: boolean | { readonly port?: number; readonly host?: string }
  /** Awaited after each `advance`, however it was asked for, once its deliveries are made; `now` in Unix seconds. */
  readonly onAdvanced?: (now: number) => Promise<void>
  /** Stock the sample shop at `/shop`, and tell it what the app under test answers. */
  readonly shop?: boolean | ShopOptions
}

/** What the sample shop shows after a purchase comes from the app under test. */
export type ShopOptions = Pick<PagesOptions, 'access' | 'checkoutStatus' | 'customerMetadataKey'>

/** A Stripe of one's own: https://stripe.com's test mode as one value. */
export interface Sandbox {
  /** The whole sandbox as a function: API, pages and control. */
  fetch(request: Request): Promise<Response>
  /** Where it is served, without a trailing slash; without `listen` an address only `fetch` knows. */
  readonly url: string
  /** The state behind it, for tests that want to look. Not covered by semantic versioning. */
  readonly world: World
  /** Stripe's own SDK, set up to call this sandbox. Needs the package `stripe`. */
  client(options?: { readonly apiVersion?: string; readonly maxNetworkRetries?: number }): Stripe
  /**
   * Pays a Checkout Session as its buyer would on the hosted page.
   * @throws {Error} where the payment was declined, or must be authenticated first.
   */
  pay(session: string | { readonly id: string }, how?: PayOptions): Promise<Stripe.Checkout.Session>
  /** Unix seconds on the sandbox's own clock. */
  now(): number
  /** Moves the sandbox's own clock, doing all that falls due on the way, deliveries included. */
  advance(by: Duration): Promise<void>
  /** Events so far, oldest first, as `GET /v1/events` shows them. */
  events(type?: string): readonly SnapshotEvent[]
  /** Sends events to an app's handler, signed, in process. Undone by the function it returns. */
  deliverTo(
    app: (request: Request) => Response | Promise<Response>,
    options: DeliverToOptions,
  ): () => void
  /** Resolves once every delivery due now has been made. */
  delivered(): Promise<void>
  chaos(change: Partial<Chaos>): Chaos
  faults(change: Partial<ApiFaults>): ApiFaults
  settings(change: Partial<Settings>): Settings
  status(): SandboxStatus
  close(): Promise<void>
}

/** The host of a sandbox without a port. It resolves nowhere: only `fetch` and `client()` reach it. */
const IN_PROCESS = 'http://sandbox.invalid'

export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const seed = String(options.seed ?? 'proviso')
  const isManual = options.now !== undefined
  const start =
    options.now === undefined ? Date.now() / 1_000 + (options.ahead ?? 0) : secondsOf(options.now)
  const listen = new StripeListen(() => outbox)
  const assembled = assemble(
    [...MODULES, listen.module, events(eventDelivery(() => ({ world, outbox })))],
    {
      seed,
      now: Math.floor(start),
      ...(options.settings === undefined ? {} : { settings: options.settings }),
    },
  )
  const { world } = assembled
  const outbox = new Outbox(world, {
    seed,
    concurrency: isManual ? 1 : 8,
    realNow: () => Math.floor(Date.now() / 1_000),
  })
  world.awaits = (event) => outbox.holdsDraft(event)
  const endpoints = new EndpointDestinations(world, outbox)
  const time = isManual
    ? null
    : new RealTime(
        world,
        () => outbox.nextAt,
        () => outbox.wake(),
      )
  let server: SandboxServer | undefined

  const api = createApi({
    ...assembled,
    publicUrl: () => undefined,
    onCall: () => {
      endpoints.refresh()
      time?.plan()
    },
    onFault: (error, request) => console.error(`sandbox: ${request} failed:`, error),
  })
  const faulty = new Faulty(async (request) => api.fetch(request), seed)

  async function advance(seconds: number): Promise<void> {
    const end = world.now() + seconds
    await advanceTo(world, outbox, end)
    time?.standAt(end)
    outbox.wake()
    await outbox.idle()
    await options.onAdvanced?.(world.now())
  }

  const app = new Hono()
  const sandbox: Sandbox = {
    async fetch(request) {
      time?.sync()
      const { pathname } = new URL(request.url)
      return /^\/v[12]\//u.test(pathname) ? faulty.fetch(request) : app.fetch(request)
    },
    get url() {
      return server?.url ?? IN_PROCESS
    },
    world,
    client: (wanted = {}) => sandboxClient(sandbox, wanted),
    pay: (session, how = {}) =>
      paySession(sandbox, typeof session === 'string' ? session : session.id, how),
    now() {
      time?.sync()
      return world.now()
    },
    advance: (by) => advance(secondsIn(by)),
    events: (type) =>
      [...world.events.values()].filter((e) => type === undefined || e.type === type),
    deliverTo(handler, how) {
      const destination = appDestination(handler, how, world.id('we'))
      outbox.add(destination)
      if (how.chaos !== undefined) outbox.setChaos(how.chaos)
      return () => outbox.remove(destination.id)
    },
    delivered: () => outbox.idle(),
    chaos: (change) => outbox.setChaos(change),
    faults: (change) => faulty.set(change),
    settings: (change) => (world.settings = withSettings(world.settings, change)),
    status: () => ({
      now: sandbox.now(),
      events: world.events.size,
      customers: world.table('customer').size,
      subscriptions: world.table('subscription').size,
      deliveries: outbox.status(),
      chaos: outbox.chaos,
      faults: faulty.faults,
      settings: world.settings,
    }),
    async close() {
      time?.close()
      outbox.close()
      await server?.close()
    },
  }
  app.route(
    '/',
    createControl({
      status: () => sandbox.status(),
      async advance(seconds) {
        await advance(seconds)
        return world.now()
      },
      setChaos: sandbox.chaos,
      setFaults: sandbox.faults,
      setSettings: sandbox.settings,
    }),
  )
  const { shop = false } = options
  if (shop !== false) stockShop(world)
  app.route('/', createPages({ world, ...(typeof shop === 'object' ? shop : {}) }))
  if (options.listen !== undefined && options.listen !== false) {
    const { port = 0, host = '127.0.0.1' } = options.listen === true ? {} : options.listen
    server = await listenSandbox({ fetch: sandbox.fetch, stripeListen: listen, port, host })
  }
  time?.plan()
  return sandbox
}

/** Stops at each time at which anything falls due, so that deliveries are made then, not at the end. */
async function advanceTo(world: World, outbox: Outbox, end: number): Promise<void> {
  for (;;) {
    await outbox.idle()
    const next = Math.min(world.clock.nextAt ?? Infinity, outbox.nextAt ?? Infinity)
    if (next > end) break
    world.advance(world.clock, next)
    outbox.wake()
  }
  world.advance(world.clock, end)
}

function eventDelivery(parts: () => { readonly world: World; readonly outbox: Outbox }) {
  return {
    render: (event: SnapshotEvent) =>
      renderEvent(
        parts().world,
        event,
        event.api_version,
        parts().outbox.pendingWebhooks(event.id),
      ),
    pendingWebhooks: (id: string) => parts().outbox.pendingWebhooks(id),
    resend: (event: SnapshotEvent, endpoint?: string) => parts().outbox.resend(event, endpoint),
  }
}

function secondsOf(now: Date | string | number): number {
  const seconds = typeof now === 'number' ? now : new Date(now).getTime() / 1_000
  if (!Number.isFinite(seconds)) {
    throw new RangeError(
      `createSandbox: now is no time: ${String(now)}; give a Date, ISO 8601 or Unix seconds`,
    )
  }
  return seconds
}
