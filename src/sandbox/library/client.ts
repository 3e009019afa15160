import { createRequire } from 'node:module'
import type Stripe from 'stripe'

/** Long enough for Stripe's CLI, which wants twelve characters. */
export const SANDBOX_KEY = 'sk_test_localsandbox1'

interface Reached {
  readonly url: string
  fetch(request: Request): Promise<Response>
}

/**
 * Stripe's SDK, calling the sandbox in process or by its port.
 * @throws {Error} where the package `stripe` is not installed.
 */
export function sandboxClient(
  sandbox: Reached,
  options: { readonly apiVersion?: string; readonly maxNetworkRetries?: number },
): Stripe {
  const Sdk = loadSdk()
  const { hostname, port } = new URL(sandbox.url)
  return new Sdk(SANDBOX_KEY, {
    host: hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: options.maxNetworkRetries ?? 2,
    // In process the requests never leave it.
    httpClient: Sdk.createFetchHttpClient(((input: string | URL | Request, init?: RequestInit) =>
      sandbox.fetch(new Request(input, init))) as typeof fetch),
    ...(options.apiVersion === undefined ? {} : { apiVersion: options.apiVersion as never }),
  })
}

function loadSdk(): typeof Stripe {
  try {
    // The SDK is the caller's to install: a peer dependency, looked for only when it is asked for.
    return createRequire(import.meta.url)('stripe') as typeof Stripe
  } catch (error) {
    throw new Error('sandbox.client() needs the package "stripe": npm install --save-dev stripe', {
      cause: error,
    })
  }
}
