import { randomUUID } from 'node:crypto'
import { ProvisoError } from '../../errors.ts'
import { WEBHOOK_PATH } from '../../http/webhook-path.ts'
import { createSandbox, SANDBOX_KEY } from '../../sandbox/index.ts'
import type { Sandbox } from '../../sandbox/index.ts'
import type { StripeConnection } from '../../stripe/client.ts'
import { actStory } from '../sample/story.ts'
import type { Act } from '../sample/story.ts'

/** The service a sandbox stands beside. */
export interface Neighbour {
  url: string
  webhookSecret: string
  access(customer: string): Promise<unknown>
  /** Waits a little for a verdict. */
  checkoutStatus(session: string): Promise<unknown>
  /** Called when the sandbox's time was moved: `ahead` is how far it now is before real time, in seconds. */
  moved(ahead: number): Promise<void>
}

export interface DevSandboxOptions {
  /** null: the usual one, or any free one where that is taken. */
  port: number | null
  /** Seconds by which its time is ahead of real time. */
  ahead: number
}

const USUAL_PORT = 12111

/** The Stripe of `proviso dev`: API and hosted pages on a port, wired to the service once that runs. */
export class DevSandbox {
  readonly #sandbox: Sandbox
  readonly #beside: { neighbour: Neighbour | null }

  private constructor(sandbox: Sandbox, beside: { neighbour: Neighbour | null }) {
    this.#sandbox = sandbox
    this.#beside = beside
  }

  static async start({ port, ahead }: DevSandboxOptions): Promise<DevSandbox> {
    const beside: { neighbour: Neighbour | null } = { neighbour: null }
    const open = (at: number): Promise<Sandbox> =>
      createSandbox({
        // What an earlier start called evt_… is still held by the database: ids must not repeat.
        seed: randomUUID(),
        listen: { port: at },
        ahead,
        shop: {
          access: async (customer) => beside.neighbour?.access(customer),
          checkoutStatus: async (session) => beside.neighbour?.checkoutStatus(session),
        },
        onAdvanced: async (now) => {
          await beside.neighbour?.moved(now - Math.floor(Date.now() / 1000))
        },
      })
    if (port === null) {
      return new DevSandbox(await open(USUAL_PORT).catch(() => open(0)), beside)
    }
    const sandbox = await open(port).catch((error: unknown) => {
      throw new ProvisoError(
        'config_invalid',
        `The sandbox cannot listen on port ${port}; choose another with --sandbox-port (0: any free one).`,
        { cause: error },
      )
    })
    return new DevSandbox(sandbox, beside)
  }

  get url(): string {
    return this.#sandbox.url
  }

  /** How the service reads from it, as it would from Stripe. */
  get connection(): StripeConnection {
    const { hostname, port } = new URL(this.#sandbox.url)
    return { apiKey: SANDBOX_KEY, host: hostname, port: Number(port), protocol: 'http' }
  }

  /** The sandbox's time is the service's, so that both grow older together. Unix seconds. */
  now(): number {
    return this.#sandbox.now()
  }

  /** Plays the sample story, whose events are then the caller's to deliver. */
  actStory(): Promise<Act[]> {
    return actStory(this.#sandbox)
  }

  /** From now on every event goes to the service's webhook route, signed, over HTTP. */
  serve(neighbour: Neighbour): void {
    this.#beside.neighbour = neighbour
    this.#sandbox.deliverTo(
      async (request) =>
        fetch(`${neighbour.url}${WEBHOOK_PATH}`, {
          method: 'POST',
          headers: request.headers,
          body: await request.text(),
        }),
      { secret: neighbour.webhookSecret, path: WEBHOOK_PATH },
    )
  }

  close(): Promise<void> {
    return this.#sandbox.close()
  }
}
