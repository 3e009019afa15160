/** The whole flow against a Stripe of our own: no account, no network, a month in a moment. */
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts' // 'proviso/sandbox'
import { createApp } from './app.ts'

/** @param say is told each step and what came of it. */
export async function play(say: (line: string) => void): Promise<void> {
  // Given a Stripe that sells API calls by use and tokens in packs, and our app
  const stripe = await createSandbox({ seed: 1, now: '2026-03-01T09:00:00Z' })
  await stockStripe(stripe)
  const secret = 'whsec_test'
  const app = createApp({
    stripe: stripe.client(),
    model: async (prompt) => ({ text: `An answer to "${prompt}"`, tokens: prompt.length * 20 }),
    database: 'pglite:', // in production: process.env.DATABASE_URL
    webhookSecrets: secret,
    now: stripe.now, // in production: leave out these two, and call app.proviso.start()
    settle: 'inRequest',
  })
  stripe.deliverTo(app.proviso.fetch, { secret, chaos: { reorder: 8, duplicate: 0.3 } })
  const tick = () => app.proviso.tick() // in production: a resident process, or a cron
  const show = (what: string, { status, body, left }: Shown) =>
    say(`${what}: ${status} ${body}${left === undefined ? '' : ` (${left} left)`}`)

  // 1. Subscribe by Checkout to the metered price; access comes with the webhook
  await stripe.pay(await app.subscribe('ada'))
  await tick()
  say(app.provisioned.splice(0).join('; '))
  await stripe.advance({ days: 1 })

  // 2. Record usage, and enforce the limit of 1,000
  show('request 1', await app.callApi('ada', 'req_1'))
  show('tried again', await app.callApi('ada', 'req_1'))
  const at = stripe.now()
  await app.importCalls([
    { id: 'batch_1', customer: 'ada', at: at - 3_600, count: 400 },
    { id: 'batch_2', customer: 'ada', at, count: 598 },
  ])
  show('request 2', await app.callApi('ada', 'req_2'))
  show('request 3', await app.callApi('ada', 'req_3'))

  // 3. Buy credits and spend them
  show('question', await app.ask('ada', 'Why?'))
  await stripe.pay(await app.buyTokens('ada'))
  await tick()
  say(app.provisioned.splice(0).join('; '))
  show('question', await app.ask('ada', 'Why?'))
  const { remaining, history } = await app.proviso.usage('ada', 'ai_tokens')
  const lines = history.map(({ type, quantity }) => `${type} ${quantity}`)
  say(`${remaining} tokens left: ${lines.join(', ')}`)

  // 4. The month ends: Stripe bills exactly what was recorded, and the limit begins anew
  await tick()
  await stripe.advance({ days: 31 })
  const { data } = await stripe.client().invoices.list({ limit: 1 })
  const [invoice] = data
  say(
    `invoice: ${invoice?.lines.data[0]?.quantity} calls, ${invoice?.total} cents, ${invoice?.status}`,
  )
  show('request 4', await app.callApi('ada', 'req_4'))

  await app.proviso.close()
  await stripe.close()
}

interface Shown {
  status: number
  body: string | undefined
  left?: number | null
}

/** What you set up once at Stripe, in the Dashboard or like this. */
async function stockStripe(stripe: Sandbox): Promise<void> {
  const api = stripe.client()
  const meter = await api.billing.meters.create({
    display_name: 'API calls',
    event_name: 'api_calls',
    default_aggregation: { formula: 'sum' },
  })
  await api.prices.create({
    lookup_key: 'api_monthly',
    product_data: { name: 'API' },
    currency: 'usd',
    unit_amount: 1,
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
  })
  await api.prices.create({
    lookup_key: 'tokens_5000',
    product_data: { name: '5,000 AI tokens' },
    currency: 'usd',
    unit_amount: 1_000,
  })
}
