import type { CatalogDefinition } from '../../src/core/catalog.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import type { Seat } from '../../test/gauntlet/live/contestant.ts'
import { openServer } from '../server.ts'
import { peers } from './contestants.ts'

/**
 * One plain story through every peer, delivered in order and once: subscribed by Checkout, a renewal
 * that fails, recovers, then canceled; and a pass bought beside it. What each answers after each step.
 */

const SECRET = 'whsec_peers'

const server = await openServer(process.env['TEST_DATABASE_URL'])
const sandbox = await createSandbox({ seed: 'peers', now: '2026-01-31T09:00:00Z', listen: true })
const seats = new Map<string, Seat>()
try {
  await tell()
} finally {
  for (const seat of seats.values()) await seat.close()
  await sandbox.close()
  await server.close()
}

async function tell(): Promise<void> {
  const stripe = sandbox.client()
  const product = await stripe.products.create({ name: 'Pro' })
  const monthly = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 2_900,
    recurring: { interval: 'month' },
  })
  const pass = await stripe.prices.create({
    product_data: { name: 'Pass' },
    currency: 'usd',
    unit_amount: 900,
  })
  await seatAll({
    features: { pro: { type: 'flag' }, seats: { type: 'quantity' }, export: { type: 'flag' } },
    products: {
      pro: { match: { products: [product.id] }, grants: { pro: true, seats: 'quantity' } },
      pass: { match: { prices: [pass.id] }, grants: { export: true }, duration: { days: 60 } },
    },
  })

  const customer = await stripe.customers.create({ email: 'ada@example.test' })
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    customer: customer.id,
    client_reference_id: 'ada',
    line_items: [{ price: monthly.id, quantity: 3 }],
    success_url: 'https://app.test/thanks',
  })
  await show('a Checkout is begun')
  const { subscription } = await sandbox.pay(session)
  await show('and paid')
  const buying = await stripe.checkout.sessions.create({
    mode: 'payment',
    customer: customer.id,
    line_items: [{ price: pass.id, quantity: 1 }],
    success_url: 'https://app.test/thanks',
  })
  await sandbox.pay(buying)
  await show('a pass is bought')
  await card(sandbox, customer.id, String(subscription), 'pm_card_chargeCustomerFail')
  await sandbox.advance({ days: 29 })
  await show('the renewal fails')
  await card(sandbox, customer.id, String(subscription), 'pm_card_visa')
  await sandbox.advance({ days: 3 })
  await show('it is paid by another card')
  await stripe.subscriptions.update(String(subscription), { cancel_at_period_end: true })
  await show('it is to end with its period')
  await sandbox.advance({ days: 40 })
  await show('and has ended')
}

async function seatAll(catalog: CatalogDefinition): Promise<void> {
  for (const peer of await peers()) {
    const databaseUrl = await server.createDatabase(peer.name)
    const now = () => sandbox.now()
    await peer.prepare?.(databaseUrl)
    const seat = await peer.open({ sandbox, catalog, databaseUrl, secret: SECRET, now })
    seats.set(peer.name, seat)
    sandbox.deliverTo((request) => seat.take(request), { secret: SECRET })
  }
}

async function card(of: Sandbox, customer: string, subscription: string, name: string) {
  const stripe = of.client()
  const method = await stripe.paymentMethods.attach(name, { customer })
  await stripe.subscriptions.update(subscription, { default_payment_method: method.id })
}

async function show(step: string): Promise<void> {
  await sandbox.delivered()
  console.log(`\n${new Date(sandbox.now() * 1_000).toISOString().slice(0, 16)} ${step}`)
  for (const [name, seat] of seats) {
    const answers = await seat.answers()
    const told = answers.map(({ customer, feature, allowed, value, until }) => {
      const end = until === null ? '' : ` until ${new Date(until * 1_000).toISOString()}`
      return `${customer}: ${allowed ? '' : 'no '}${feature} ${value === true ? '' : String(value)}${end}`
    })
    console.log(`  ${name.padEnd(24)} reads ${String(seat.reads).padStart(3)}  ${told.join(', ')}`)
  }
  const { failed, later } = sandbox.status().deliveries
  if (later > 0) console.log(`  ${failed} deliveries failed, ${later} wait to be made again`)
}
