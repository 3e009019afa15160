import { expect } from 'vitest'
import type Stripe from 'stripe'
import type { CatalogDefinition, Policy } from '../../src/core/catalog.ts'
import { createEngine } from '../../src/engine/create-engine.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { Log } from '../../src/log.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import type { Database } from '../../src/store/database.ts'
import type { ReportRow } from '../../src/store/statements/usage-reports.ts'
import { openStripeClient, type StripeClient } from '../../src/stripe/client.ts'
import { readEnvelope } from '../../src/stripe/envelope.ts'
import { SANDBOX_KEY } from '../../src/sandbox/index.ts'

/** A month of 28 days follows. */
export const FIRST_SECOND = '2026-01-31T09:17:23Z'
export const METER = 'calls'

export function meteredCatalog(price: string, policy: Partial<Policy> = {}): CatalogDefinition {
  return {
    features: { calls: { type: 'metered', meter: METER } },
    products: {
      usage: { match: { prices: [price] }, grants: { calls: { limit: 100, overage: 'bill' } } },
    },
    policy,
  }
}

export interface MeteredShop {
  sandbox: Sandbox
  api: Stripe
  meter: Stripe.Billing.Meter
  price: Stripe.Price
  database: Database
  /** Talks to the sandbox over HTTP; gives up soon. */
  client(): Promise<StripeClient>
  /** Another process of the same service; not started. */
  open(options?: {
    policy?: Partial<Policy>
    log?: Log
    meterEvents?: 'v1' | 'v2Stream'
    reportUsage?: boolean
    /** Talks to the sandbox in its own way. */
    stripe?: StripeClient
  }): Promise<Engine>
  /** Buys the metered price at Checkout; answers the Stripe customer. */
  subscribe(customer: string): Promise<string>
  /** Brings the engine what Stripe has told since. */
  hear(engine: Engine): Promise<void>
  /** Brings the engine what Stripe has said of meter events it could not count. */
  hearErrors(engine: Engine): Promise<void>
  /** Backoffs and leases are over at once. */
  hurry(): Promise<void>
  /** Works until no report is due any more, without waiting for backoffs. */
  reportAll(...engines: Engine[]): Promise<void>
  reports(): Promise<ReportRow[]>
  /** What the sandbox counts of a Stripe customer, and ever counted twice. */
  counted(stripeCustomer: string): number
  close(): Promise<void>
}

/** A sandbox with a metered price of 0.01 a call, and a service that sells it. */
export async function openMeteredShop(database: Database, seed: string): Promise<MeteredShop> {
  const sandbox = await createSandbox({ seed, now: FIRST_SECOND, listen: true })
  const api = sandbox.client()
  const meter = await api.billing.meters.create({
    display_name: 'Calls',
    event_name: METER,
    default_aggregation: { formula: 'sum' },
  })
  const price = await api.prices.create({
    currency: 'usd',
    unit_amount: 1,
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    product_data: { name: 'Calls' },
  })
  let heard = 0
  const engines: Engine[] = []

  const due = async () => {
    const { rows } = await database.query<{ count: number }>(
      `select (select count(*) from proviso.usage_reports where due_at is not null)::int4
        + (select count(*) from proviso.usage where report is null and meter is not null)::int4
        as count`,
    )
    return rows[0]?.count ?? NaN
  }

  const shop: MeteredShop = {
    ...{ sandbox, api, meter, price, database },
    client: async () => impatient(await openStripeClient(connectionOf(sandbox)), 400),
    async open({ policy, ...more } = {}) {
      const engine = await createEngine({
        database,
        catalog: meteredCatalog(price.id, policy),
        stripe: await shop.client(),
        livemode: false,
        now: () => sandbox.now(),
        outageAfterSeconds: Infinity,
        breaker: { minimum: Infinity },
        gatherSeconds: 0,
        ...more,
      })
      engines.push(engine)
      return engine
    },
    async subscribe(customer) {
      const session = await api.checkout.sessions.create({
        mode: 'subscription',
        line_items: [{ price: price.id }],
        client_reference_id: customer,
        subscription_data: { metadata: { customer_id: customer } },
        success_url: 'https://example.com/done',
      })
      const done = await sandbox.pay(session)
      return String(done.customer)
    },
    async hear(engine) {
      const events = sandbox.events()
      for (const event of events.slice(heard)) {
        await ingest(engine, await api.events.retrieve(event.id))
      }
      heard = events.length
      await engine.settled()
    },
    async hearErrors(engine) {
      for (const thin of [...sandbox.world.thinEvents.values()]) {
        // What is delivered of a thin event has no data.
        await ingest(engine, { ...thin, data: undefined })
      }
    },
    async hurry() {
      await database.query(
        `update proviso.usage_reports r set due_at = clock_timestamp()
        from (
          select account, livemode, identifier from proviso.usage_reports
          where due_at is not null for update skip locked
        ) d
        where r.account = d.account and r.livemode = d.livemode and r.identifier = d.identifier`,
      )
    },
    async reportAll(...workers) {
      for (let round = 0; (await due()) > 0; round += 1) {
        expect(round).toBeLessThan(200)
        await shop.hurry()
        await Promise.all(workers.map((engine) => engine.tick({ budgetMs: 30_000 })))
      }
    },
    async reports() {
      const { rows } = await database.query<ReportRow>(
        'select * from proviso.usage_reports r order by at, identifier',
      )
      return rows
    },
    counted: (stripeCustomer) =>
      sandbox.world
        .where('~meter_event', 'counted', `${meter.id} ${stripeCustomer}`)
        .reduce((sum, { value }) => sum + Number(value), 0),
    async close() {
      await Promise.all(engines.map((engine) => engine.close()))
      await sandbox.close()
    },
  }
  return shop
}

export function connectionOf(sandbox: { url: string }) {
  const { hostname, port } = new URL(sandbox.url)
  return { apiKey: SANDBOX_KEY, host: hostname, port: Number(port), protocol: 'http' } as const
}

/** No test waits as long for a lost answer as a service does. */
export function impatient(client: StripeClient, timeoutMs: number): StripeClient {
  return {
    rawRequest: (method, path, params, options) =>
      client.rawRequest(method, path, params, { ...options, timeout: timeoutMs }),
  }
}

export async function ingest(engine: Engine, event: object): Promise<void> {
  const envelope = readEnvelope(new TextEncoder().encode(JSON.stringify(event)))
  if (envelope.kind !== 'event') throw new Error(`No event: ${JSON.stringify(event)}`)
  await engine.ingest(envelope.event)
}
