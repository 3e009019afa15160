import { createSandbox, type Sandbox } from '../src/sandbox/index.ts'
import { call } from '../test/sandbox/support/call.ts'

/**
 * What the sandbox costs: calls of a purchase, a year of renewals, and whether an event's cost grows
 * with the number of customers. Ratios carry over; the figures hold for this machine and minute.
 */

const NOW = '2026-01-15T00:00:00Z'
const YEAR_DAYS = 365

interface Shop {
  readonly sandbox: Sandbox
  readonly price: string
}

async function openShop(): Promise<Shop> {
  const sandbox = await createSandbox({ seed: 1, now: NOW })
  const product = await post(sandbox, '/v1/products', { name: 'Pro' })
  const price = await post(sandbox, '/v1/prices', {
    product: product.id,
    currency: 'usd',
    unit_amount: 2_900,
    recurring: { interval: 'month' },
  })
  return { sandbox, price: price.id }
}

async function post(sandbox: Sandbox, path: string, params: object): Promise<{ id: string }> {
  const { status, body } = await call(sandbox, 'POST', path, params as Record<string, unknown>)
  if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`)
  return body as { id: string }
}

/** Session, card, pay: the calls of one purchase through Checkout. */
async function buy({ sandbox, price }: Shop): Promise<number> {
  const session = await post(sandbox, '/v1/checkout/sessions', {
    mode: 'subscription',
    line_items: [{ price, quantity: 1 }],
    success_url: 'https://app.test/thanks',
  })
  const card = await post(sandbox, '/v1/payment_methods', {
    type: 'card',
    card: { token: 'tok_visa' },
  })
  await post(sandbox, `/v1/payment_pages/${session.id}/confirm`, {
    payment_method: card.id,
    expected_amount: 2_900,
  })
  return 3
}

async function subscribe({ sandbox, price }: Shop, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const customer = await post(sandbox, '/v1/customers', {
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    })
    await post(sandbox, '/v1/subscriptions', { customer: customer.id, items: [{ price }] })
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1_000
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

const ROUNDS = 3

async function purchases(): Promise<void> {
  const shop = await openShop()
  for (let at = 0; at < 500; at += 1) await buy(shop)
  const rates: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    let calls = 0
    const before = process.cpuUsage()
    for (let at = 0; at < 700; at += 1) calls += await buy(shop)
    const { user, system } = process.cpuUsage(before)
    rates.push((calls / (user + system)) * 1e6)
  }
  console.log(
    `| API calls a second of one core, subscription bought through Checkout | ${median(rates).toFixed(0)} |`,
  )
}

async function year(customers: number): Promise<number> {
  const shop = await openShop()
  await subscribe(shop, customers)
  const before = shop.sandbox.events().length
  const took = await seconds(() => shop.sandbox.advance({ days: YEAR_DAYS }))
  const events = shop.sandbox.events().length - before
  console.log(
    `| a year of ${customers.toLocaleString('en')} subscribers | ${took.toFixed(1)} s, ${events.toLocaleString('en')} events, ${((took / events) * 1e6).toFixed(0)} µs an event |`,
  )
  return took / events
}

/** One month of 100 of them, among few and among many: events' cost must not know the crowd. */
async function growth(): Promise<void> {
  const costs: Record<number, number[]> = { 100: [], 10_000: [] }
  const shops = new Map<number, Shop>()
  for (const size of [100, 10_000]) {
    const shop = await openShop()
    await subscribe(shop, size)
    shops.set(size, shop)
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [size, shop] of shops) {
      const before = shop.sandbox.world.events.size
      const took = await seconds(async () => {
        for (let at = 0; at < 100; at += 1) await buy(shop)
      })
      costs[size]?.push(took / (shop.sandbox.world.events.size - before))
    }
  }
  const [few = NaN, many = NaN] = [median(costs[100] ?? []), median(costs[10_000] ?? [])]
  console.log(
    `| an event's cost, 100 → 10,000 customers | ${(few * 1e6).toFixed(0)} → ${(many * 1e6).toFixed(0)} µs, ${(many / few).toFixed(2)}× |`,
  )
}

console.log(`${new Date().toISOString().slice(0, 16)}Z · Node ${process.version}\n`)
console.log('| what | measured |')
console.log('| --- | ---: |')
await purchases()
await year(100)
await year(1_000)
await growth()
