import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEngine } from '../../src/engine/create-engine.ts'
import { createIntake, type Submission } from '../../src/engine/intake.ts'
import type { Database } from '../../src/store/database.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { createTestDatabase } from '../support/database.ts'
import { CATALOG, PRO } from '../support/stories/catalogs.ts'
import { Account, Customer, isEvent, subscribeByCard, utc } from '../support/stripe/index.ts'

const START = utc('2026-03-01T10:00:00Z')

/** What went to the server, BEGIN and COMMIT included: counted at the driver, below our own pool. */
const sent: string[] = []

class CountingClient extends pg.Client {
  override query = ((...args: unknown[]) => {
    const [first] = args
    sent.push(typeof first === 'string' ? first : (first as { text: string }).text)
    return (pg.Client.prototype.query as (...args: unknown[]) => unknown).apply(this, args)
  }) as pg.Client['query']
}

let pool: pg.Pool
let database: Database
let drop: () => Promise<void>

beforeAll(async () => {
  const created = await createTestDatabase({ isMigrated: true })
  drop = created.drop
  pool = new pg.Pool({ connectionString: created.url, Client: CountingClient, max: 10 })
  database = openPostgres(pool)
})
beforeEach(async () => {
  await database.query(
    'truncate proviso.observations, proviso.facts, proviso.links, proviso.customers, proviso.customer_roots, proviso.changes, proviso.needs',
  )
  sent.length = 0
})
afterAll(async () => {
  await pool.end()
  await drop()
})

/** Customers who each buy a subscription by card: every event Stripe sends of it. */
function purchases(count: number): Submission[] {
  return Array.from({ length: count }, (_, number) => {
    const account = new Account({ shape: 'basil', prefix: `n${number}x`, start: START })
    const metadata = { customer_id: `app_${number}` }
    const customer = new Customer(account, { metadata })
    subscribeByCard(account, { customer, items: [{ price: PRO }], metadata })
    return account.bodies.filter(isEvent).map((event) => ({
      account: '',
      livemode: false,
      id: event.id,
      type: event.type,
      created: event.created,
      body: Buffer.from(JSON.stringify(event)),
    }))
  }).flat()
}

async function open() {
  return createEngine({ database, catalog: CATALOG, livemode: false, now: () => START + 60 })
}

describe('the statements an event costs, counted at the driver', () => {
  test('at most a tenth of one at the intake under 64 concurrent senders', async () => {
    const intake = createIntake(database)
    const events = purchases(100)
    let next = 0

    await Promise.all(
      Array.from({ length: 64 }, async () => {
        for (let event = events[next++]; event !== undefined; event = events[next++]) {
          await intake.submit(event)
        }
      }),
    )
    await intake.close()

    expect(events).toHaveLength(1200)
    expect(intake.stats.inserted).toBe(1200)
    expect(sent.length / events.length).toBeLessThanOrEqual(0.1)
    expect(new Set(sent.map((text) => text.trim().split(/\s+/)[0]))).toEqual(new Set(['insert']))
  })

  test('exactly one at the intake for a lone sender, without a transaction around it', async () => {
    const intake = createIntake(database)
    const [event] = purchases(1)

    await intake.submit(event as Submission)
    await intake.close()

    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatch(/^\s*insert into proviso\.observations/)
  })

  test('as many for a batch of two hundred as for one of two: settling never loops over statements', async () => {
    const counts: number[] = []
    for (const customers of [2, 16]) {
      await database.query('truncate proviso.observations')
      const engine = await open()
      await Promise.all(purchases(customers).map((event) => engine.ingest(event)))
      sent.length = 0
      await engine.settled()
      counts.push(sent.length)
      await engine.close()
    }

    expect(counts[1]).toBe(counts[0])
  })
})
