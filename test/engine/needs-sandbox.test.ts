/**
 * Needs against a whole Stripe that answers badly: refusals by rate, failures before and after the
 * call, closed and silent connections, and a process that stops in the middle.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Need } from '../../src/core/decision.ts'
import type { Scope } from '../../src/core/fact.ts'
import { createIntake } from '../../src/engine/intake.ts'
import { createNeedsWorker } from '../../src/engine/needs/needs-worker.ts'
import { silentLog } from '../../src/log.ts'
import { createSandbox, SANDBOX_KEY, type Sandbox } from '../../src/sandbox/index.ts'
import type { Database } from '../../src/store/database.ts'
import { raiseNeeds } from '../../src/store/statements/needs.ts'
import { createReader } from '../../src/stripe/reads.ts'
import { testDatabases } from '../support/database.ts'

const CUSTOMERS = 20
const BOUND = { timeout: 60_000, interval: 50 }

describe.each(testDatabases.filter(({ name }) => name === 'postgres'))('$name', ({ open }) => {
  let db: Database
  let sandbox: Sandbox
  beforeAll(async () => {
    db = await open()
    await db.query('truncate proviso.needs, proviso.observations')
    sandbox = await createSandbox({ seed: 'needs', now: '2026-01-31T09:00:00Z', listen: true })
  })
  afterAll(async () => {
    await sandbox.close()
    await db.close()
  })

  function openWorker() {
    const { hostname, port } = new URL(sandbox.url)
    const intake = createIntake(db)
    const reader = createReader({
      ...{ apiKey: SANDBOX_KEY, host: hostname, port: Number(port), protocol: 'http' },
      timeoutMs: 300,
    })
    const worker = createNeedsWorker({ db, intake, reader, log: silentLog, pollMs: 20 })
    return {
      worker,
      async close() {
        await worker.close()
        await intake.close()
      },
    }
  }

  async function unanswered(): Promise<number> {
    const { rows } = await db.query<{ count: number }>(
      'select count(*)::int4 as count from proviso.needs where due_at is not null',
    )
    return rows[0]?.count ?? NaN
  }

  test('every question is answered once, whatever Stripe does to the calls and whoever dies', async () => {
    // Given twenty customers whose state only Stripe knows, each asked for by several verdicts
    const stripe = sandbox.client()
    const ids: string[] = []
    for (let count = 0; count < CUSTOMERS; count += 1) {
      ids.push((await stripe.customers.create({ name: `customer ${count}` })).id)
    }
    const scope: Scope = { account: '', livemode: false }
    const needs = ids.map((object): Scope & Need => ({
      ...scope,
      type: 'customer',
      object,
      reason: 'not seen',
    }))
    for (let verdict = 0; verdict < 3; verdict += 1) {
      await raiseNeeds(db, needs, { delaySeconds: 0 })
    }

    // When more than every third call goes wrong, and the process stops half-way
    sandbox.faults({ rateLimit: 0.03, error: 0.15, close: 0.1, timeout: 0.05, timeoutAfter: 0.05 })
    const first = openWorker()
    first.worker.start()
    await vi.waitFor(async () => {
      expect(await unanswered()).toBeLessThan(CUSTOMERS / 2)
    }, BOUND)
    await first.close()
    const left = await unanswered()
    expect(left).toBeGreaterThan(0)

    // Then the next process answers the rest
    const second = openWorker()
    second.worker.start()
    await vi.waitFor(async () => {
      expect(await unanswered()).toBe(0)
    }, BOUND)
    await second.close()
    const { rows } = await db.query<{ body: Uint8Array }>(
      `select body from proviso.observations where kind = 'read'`,
    )
    const answered = rows.map(
      ({ body }) => (JSON.parse(Buffer.from(body).toString()) as { id: string }).id,
    )
    expect(answered.sort()).toEqual(ids.toSorted())
  })
})
