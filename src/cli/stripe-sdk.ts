import type Stripe from 'stripe'
import { ProvisoError } from '../errors.ts'

/** Loads the official SDK, which is a peer dependency: it need not be there until a key is given. */
export async function loadStripe(apiKey: string): Promise<Stripe> {
  try {
    const { default: StripeSdk } = await import('stripe')
    return new StripeSdk(apiKey, {
      appInfo: { name: 'proviso' },
      maxNetworkRetries: 2,
      timeout: 20_000,
    })
  } catch (cause) {
    throw new ProvisoError(
      'stripe_missing',
      'STRIPE_API_KEY is set, but the package "stripe" is not installed: run "npm install stripe", or unset the key.',
      { cause },
    )
  }
}
