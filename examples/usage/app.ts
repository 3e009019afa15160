/**
 * An app that sells API calls by use and AI tokens in advance: subscribe, provision on the webhook,
 * record, enforce, buy credits and spend them. `main.ts` plays it against the sandbox.
 */
import type Stripe from 'stripe'
import { createProviso, defineCatalog, type ProvisoOptions } from '../../src/index.ts' // 'proviso'

export const catalog = defineCatalog({
  features: {
    api_calls: { type: 'metered', meter: 'api_calls' }, // `event_name` of the meter at Stripe
    ai_tokens: { type: 'credits' },
  },
  products: {
    // Each call is billed by its metered price, up to this many a month.
    // To let the rest through and bill it as well: { limit: 1_000, overage: 'bill' }.
    api: { match: { lookupKeys: ['api_monthly'] }, grants: { api_calls: { limit: 1_000 } } },
    token_pack: {
      match: { lookupKeys: ['tokens_5000'] },
      grants: { ai_tokens: { amount: 5_000, expiresAfterDays: 365 } },
    },
  },
})

interface AppOptions extends Omit<ProvisoOptions, 'catalog' | 'stripe'> {
  stripe: Stripe
  /** Asks the model; only its answer tells how many tokens it took. */
  model: (prompt: string) => Promise<{ text: string; tokens: number }>
}

export function createApp({ stripe, model, ...options }: AppOptions) {
  const proviso = createProviso({ ...options, catalog, stripe })

  // Stripe posts to /webhooks/stripe (`proviso.fetch`); what follows from its events comes here.
  const provisioned: string[] = []
  proviso.onChange('provision', async ({ customer, feature, before, after, cause }) => {
    if (!before.allowed && after.allowed) provisioned.push(`${customer} got ${feature}`)
    if (cause === 'usage') provisioned.push(`${customer}: ${after.reasons[0]?.message}`)
  })

  async function checkout(product: 'api' | 'token_pack', customer: string) {
    const isSubscription = product === 'api'
    const lookupKey = isSubscription ? 'api_monthly' : 'tokens_5000'
    const { data } = await stripe.prices.list({ lookup_keys: [lookupKey] })
    const price = data[0]?.id ?? ''
    return stripe.checkout.sessions.create({
      // A metered price takes no quantity: Stripe learns it from what is recorded.
      ...(isSubscription
        ? {
            mode: 'subscription',
            line_items: [{ price }],
            subscription_data: { metadata: { customer_id: customer } },
          }
        : { mode: 'payment', line_items: [{ price, quantity: 1 }] }),
      // No event has the line items of a payment: named here, they need not be read.
      metadata: { customer_id: customer, proviso_product: product },
      success_url: 'https://app.test/thanks?session={CHECKOUT_SESSION_ID}',
    })
  }

  return {
    proviso,
    provisioned,
    subscribe: (customer: string) => checkout('api', customer),
    buyTokens: (customer: string) => checkout('token_pack', customer),

    /** One call: taken before the work is done. The same request id is never counted twice. */
    async callApi(customer: string, requestId: string) {
      const { allowed, reason, usage } = await proviso.consume({
        customer,
        feature: 'api_calls',
        id: requestId,
      })
      if (!allowed) return { status: 429, body: reason?.message, retryAt: usage.resetsAt }
      return { status: 200, body: 'here you are', left: usage.remaining }
    },

    /** What another service counted, with its own ids and times: recorded in full, and once. */
    importCalls: (calls: readonly { id: string; customer: string; at: number; count: number }[]) =>
      proviso.trackMany(
        calls.map(({ count, ...call }) => ({ ...call, feature: 'api_calls', quantity: count })),
      ),

    /** Work whose cost is known afterwards: set aside the most it may take, pay what it took. */
    async ask(customer: string, prompt: string, atMost = 1_000) {
      const held = await proviso.reserve({ customer, feature: 'ai_tokens', quantity: atMost })
      if (!held.allowed) return { status: 402, body: held.reason?.message }
      const { text, tokens } = await model(prompt).catch(async (error: unknown) => {
        await proviso.release({ id: held.id }) // or it expires by itself, after 15 minutes
        throw error
      })
      const { usage } = await proviso.finalise({ id: held.id, quantity: tokens })
      return { status: 200, body: text, left: usage.remaining }
    },
  }
}
