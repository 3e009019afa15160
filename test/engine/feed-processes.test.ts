import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createFeed } from '../../src/engine/feed/changes.ts'
import { createConsumers } from '../../src/engine/feed/consumer.ts'
import { silentLog } from '../../src/log.ts'
import type { Database } from '../../src/store/database.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { createTestDatabase } from '../support/database.ts'
import { append, emptyFeed, idsOf, readEffects, writeEffect } from './feed-fixture.ts'

const BOUND = { timeout: 50_000, interval: 20 }

/** What a process has of its own: a pool, a feed and consumers. */
function openProcess(url: string) {
  const db = openPostgres(url, { poolSize: 4 })
  const feed = createFeed(db, { pollMs: 10 })
  const consumers = createConsumers(db, feed, { log: silentLog, idleMs: 50 })
  return {
    db,
    consumers,
    async close() {
      await consumers.close()
      await feed.close()
      await db.close()
    },
  }
}

describe('two processes with one consumer on postgres', () => {
  let server: { url: string; drop(): Promise<void> }
  let db: Database
  beforeAll(async () => {
    server = await createTestDatabase({ isMigrated: true })
    db = openPostgres(server.url)
  })
  beforeEach(() => emptyFeed(db))
  afterAll(async () => {
    await db.close()
    await server.drop()
  })

  test('never double an effect, and keep each customer in order, whoever fails', async () => {
    const customers = ['ada', 'bob', 'cyd', 'dan']
    const processes = [openProcess(server.url), openProcess(server.url)]
    const tries = new Map<string, number>()
    const takers = new Set<number>()
    for (const [index, { consumers }] of processes.entries()) {
      consumers.onChange(
        'mail',
        async (change, tx) => {
          takers.add(index)
          const count = (tries.get(change.id) ?? 0) + 1
          tries.set(change.id, count)
          await writeEffect(tx, change)
          // Every fifth change fails twice, after it has written.
          if (change.position % 5 === 0 && count <= 2) throw new Error('not now')
        },
        { backoffMs: () => 1 },
      )
      consumers.start()
    }
    const writers = [0, 1].map(async (writer) => {
      for (let round = 0; round < 60; round += 1) {
        await append(db, customers[(round + writer) % 4] ?? '', customers[round % 3] ?? '')
      }
    })
    await Promise.all(writers)
    await vi.waitFor(async () => expect(await readEffects(db)).toHaveLength(240), BOUND)
    await Promise.all(processes.map((one) => one.close()))

    const effects = await readEffects(db)
    expect(new Set(effects.map((effect) => effect.id)).size).toBe(240)
    expect(effects).toHaveLength(240)
    for (const customer of customers) {
      const ids = idsOf(customer, effects)
      expect(ids).toEqual(ids.toSorted((a, b) => a - b))
    }
    expect((await db.query('select 1 from proviso.deliveries')).rowCount).toBe(0)
    expect(takers.size).toBeGreaterThan(0)
  })

  test('hand over when one of them dies in the middle of a change', async () => {
    const dying = openProcess(server.url)
    const living = openProcess(server.url)
    let begun = (): void => {}
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve
    })
    dying.consumers.onChange(
      'mail',
      async (change, tx) => {
        await writeEffect(tx, change)
        begun()
        await tx.query('select pg_sleep(3600)')
      },
      { timeoutMs: 3_600_000 },
    )
    await append(db, 'ada')
    const lastRun = dying.consumers.runOnce().catch(() => 0)
    await hasBegun

    living.consumers.onChange('mail', writeEffectOf)
    expect(await living.consumers.runOnce()).toBe(0)
    await vi.waitFor(async () => {
      await db.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and query like '%pg_sleep(3600)%' and pid <> pg_backend_pid()`,
      )
      await lastRun
    }, BOUND)
    await living.consumers.runOnce()
    await vi.waitFor(async () => {
      await living.consumers.runOnce()
      expect(await readEffects(db)).toEqual([{ id: 'chg_1', customer: 'ada' }])
    }, BOUND)

    await Promise.all([dying.close(), living.close()])
  })

  test('leave a handler that hangs inside a statement, and lose no connection by it', async () => {
    const one = openProcess(server.url)
    await append(db, 'ada', 'bob')
    one.consumers.onChange(
      'mail',
      async (change, tx) => {
        if (change.customer === 'ada') await tx.query('select pg_sleep(3600)')
        await writeEffect(tx, change)
      },
      { timeoutMs: 300, maxAttempts: 1 },
    )

    expect(await one.consumers.runOnce({ budgetMs: 30_000 })).toBe(1)
    expect(await one.consumers.deadLetters()).toHaveLength(1)
    await one.close()
  })
})

const writeEffectOf: Parameters<ReturnType<typeof createConsumers>['onChange']>[1] = (change, tx) =>
  writeEffect(tx, change)
