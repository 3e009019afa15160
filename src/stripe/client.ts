import { ProvisoError } from '../errors.ts'

/**
 * The one method we use of the official SDK. It answers JSON as Stripe sent it, where the typed
 * resources turn decimals into objects of their own, and what we keep is meant to be raw.
 */
export interface StripeClient {
  rawRequest(
    method: string,
    path: string,
    params?: Record<string, unknown>,
    options?: StripeRequestOptions,
  ): Promise<unknown>
}

export interface StripeRequestOptions {
  stripeAccount?: string
  maxNetworkRetries?: number
  timeout?: number
  /** In the place of the client's own key. */
  apiKey?: string
  /** The host of the meter event stream; a client with a host of its own stays with that. */
  apiBase?: 'meter_events'
}

export interface StripeConnection {
  apiKey: string
  /** @defaultValue 'api.stripe.com' */
  host?: string
  port?: number
  protocol?: 'http' | 'https'
}

type StripeModule = { default: new (apiKey: string, config: object) => StripeClient }

/** Loads the official SDK only where the API is really read: it is an optional peer dependency. */
export async function openStripeClient(
  connection: StripeConnection,
  load: () => Promise<unknown> = () => import('stripe'),
): Promise<StripeClient> {
  const { default: Stripe } = await loadModule(load)
  const { apiKey, ...address } = connection
  return new Stripe(apiKey, { ...address, telemetry: false })
}

async function loadModule(load: () => Promise<unknown>): Promise<StripeModule> {
  try {
    return (await load()) as StripeModule
  } catch (error) {
    if (!isModuleMissing(error)) throw error
    throw new ProvisoError(
      'stripe_missing',
      'a Stripe API key is set but the package "stripe" is not installed: run "npm install stripe"',
      { cause: error },
    )
  }
}

function isModuleMissing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code: unknown = 'code' in error ? error.code : null
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
}
