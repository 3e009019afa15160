import Stripe from 'stripe'
import { createSandbox, SANDBOX_KEY } from '../../src/sandbox/index.ts'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/index.ts'

/** A sandbox on a port of its own, and the official SDK calling it over that port. */
export interface SdkFixture {
  sandbox: Sandbox
  stripe: Stripe
  /** `METHOD /path` of every request that the SDK has sent, repeated ones included. */
  sent: string[]
  close(): Promise<void>
}

export const START = '2026-01-01T00:00:00Z'

/** Time stands still at `START`, so that only the test moves it. */
export async function openSdkFixture(options: SandboxOptions = {}): Promise<SdkFixture> {
  const sandbox = await createSandbox({ seed: 'sdk', now: START, listen: true, ...options })
  const sent: string[] = []
  const stripe = sdkFor(sandbox.url)
  stripe.on('request', ({ method, path }: Stripe.RequestEvent) => {
    sent.push(`${method} ${path}`)
  })
  return { sandbox, stripe, sent, close: () => sandbox.close() }
}

/** The SDK as an application makes it, but for the address. */
export function sdkFor(url: string, key = SANDBOX_KEY): Stripe {
  const { hostname, port } = new URL(url)
  return new Stripe(key, { host: hostname, port: Number(port), protocol: 'http', telemetry: false })
}

/** The error that a call of the SDK ends with. */
export async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error
    throw error
  }
  throw new Error('The call was to fail.')
}
