import pg from 'pg'
import type Stripe from 'stripe-current'
import type { Contestant, Seat, Setting } from '../../../test/gauntlet/live/contestant.ts'
import { answersFor, type Holding } from '../selling/holding.ts'
import { StripeApi } from '../selling/stripe-api.ts'
import { appCustomerOf } from './app-customers.ts'
import { BASE_URL, createAuth } from './auth.ts'
import { asBegun } from './begun-events.ts'
import { OwnFlow } from './own-flow.ts'
import { boughtBy } from './plans.ts'
import { ACTIVE_SUBSCRIPTIONS } from './rows.ts'

export const betterAuthStripe: Contestant = {
  name: 'better-auth',
  setUp:
    '@better-auth/stripe 1.7.6 with better-auth 1.7.25: a plan for every recurring price, a user for every customer, and every Checkout as if begun by its own subscription.upgrade. Access: what listActiveSubscriptions answers, so status active or trialing. It sells subscriptions only.',
  covers: ['subscriptions'],
  open: openBetterAuth,
}

interface ActiveRow {
  readonly plan: string
  readonly seats: number | null
  readonly referenceId: string
  readonly stripeSubscriptionId: string | null
}

async function openBetterAuth(setting: Setting): Promise<Seat> {
  const api = new StripeApi(setting.sandbox)
  const pool = new pg.Pool({ connectionString: setting.databaseUrl, max: 4 })
  const auth = await createAuth(setting, api, pool)
  const flow = new OwnFlow(setting, pool)
  const { webhooks } = api.client()

  return {
    async take(request) {
      await flow.catchUp()
      const told = await request.text()
      const signature = request.headers.get('stripe-signature') ?? ''
      // What is not Stripe's stays as it is: the plugin itself has to refuse it.
      const event: Stripe.Event | null = await webhooks
        .constructEventAsync(told, signature, setting.secret)
        .catch(() => null)
      const begun = event === null ? null : asBegun(event, flow)
      const body = begun === null ? told : JSON.stringify(begun)
      const header =
        begun === null
          ? signature
          : webhooks.generateTestHeaderString({ payload: body, secret: setting.secret })
      return auth.handler(
        new Request(`${BASE_URL}/api/auth/stripe/webhook`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'stripe-signature': header },
          body,
        }),
      )
    },
    async answers() {
      const { rows } = await pool.query<ActiveRow>(ACTIVE_SUBSCRIPTIONS)
      return answersFor(
        setting,
        rows.flatMap((row) => holdingOf(setting, row)),
      )
    },
    get reads() {
      return api.reads
    },
    close: () => pool.end(),
  }
}

function holdingOf(setting: Setting, row: ActiveRow): Holding[] {
  const bought = boughtBy(setting, row.plan, row.seats)
  if (bought === null) return []
  const customer = appCustomerOf(setting, row.referenceId, row.stripeSubscriptionId)
  return [{ ...bought, customer, until: null }]
}
