import { stripe } from '@better-auth/stripe'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import type pg from 'pg'
import Stripe from 'stripe'
import { SANDBOX_KEY } from '../../../src/sandbox/index.ts'
import type { Setting } from '../../../test/gauntlet/live/contestant.ts'
import type { StripeApi } from '../selling/stripe-api.ts'
import { plansOf } from './plans.ts'

export const BASE_URL = 'http://127.0.0.1:3000'

/** An app with Better Auth and its Stripe plugin, migrated by its own migrations. */
export async function createAuth(setting: Setting, api: StripeApi, database: pg.Pool) {
  const options = {
    baseURL: BASE_URL,
    secret: 'a secret that signs sessions nobody has here',
    database,
    logger: { disabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    plugins: [
      stripe({
        // The newest SDK that the plugin allows.
        stripeClient: new Stripe(SANDBOX_KEY, {
          ...api.address,
          telemetry: false,
          httpClient: Stripe.createFetchHttpClient(api.fetch),
        }),
        stripeWebhookSecret: setting.secret,
        subscription: { enabled: true, plans: async () => plansOf(setting) },
      }),
    ],
  }
  const { runMigrations } = await getMigrations(options)
  await runMigrations()
  return betterAuth(options)
}
