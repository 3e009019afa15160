import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { ProvisoError } from '../../src/errors.ts'
import type { Change, ChangeHandler } from '../../src/engine/engine.ts'
import { createFeed, type Feed } from '../../src/engine/feed/changes.ts'
import { createConsumers, type Consumers } from '../../src/engine/feed/consumer.ts'
import { PermanentFailure } from '../../src/engine/feed/permanent-failure.ts'
import { silentLog } from '../../src/log.ts'
import type { Database } from '../../src/store/database.ts'
import { testDatabases } from '../support/database.ts'
import { append, emptyFeed, idsOf, readEffects, writeEffect } from './feed-fixture.ts'

const BOUND = { timeout: 20_000, interval: 10 }
/** Retried as soon as anyone looks. */
const AT_ONCE = { backoffMs: () => 0 }

const writes: ChangeHandler = (change, tx) => writeEffect(tx, change)

describe.each(testDatabases)('consumers on $name', ({ open }) => {
  let db: Database
  let feed: Feed
  let consumers: Consumers
  beforeAll(async () => {
    db = await open()
  })
  beforeEach(async () => {
    await emptyFeed(db)
    feed = createFeed(db, { pollMs: 20 })
    consumers = createConsumers(db, feed, { log: silentLog, idleMs: 50 })
    return async () => {
      await consumers.close()
      await feed.close()
    }
  })
  afterAll(() => db.close())

  /** A handler that writes an effect and fails for whom it is told to. */
  function failingFor(...customers: string[]): {
    handler: ChangeHandler
    failing: Set<string>
    tried: Change[]
  } {
    const failing = new Set(customers)
    const tried: Change[] = []
    return {
      failing,
      tried,
      async handler(change, tx) {
        tried.push(change)
        await writeEffect(tx, change)
        if (failing.has(change.customer)) throw new Error(`no answer for ${change.customer}`)
      },
    }
  }

  test('a new consumer gets everything from the beginning, in order, and only once', async () => {
    await append(db, 'ada', 'bob', 'ada')
    consumers.onChange('mail', writes)

    expect(await consumers.runOnce()).toBe(3)
    expect(await consumers.runOnce()).toBe(0)
    expect(await readEffects(db)).toEqual([
      { id: 'chg_1', customer: 'ada' },
      { id: 'chg_2', customer: 'bob' },
      { id: 'chg_3', customer: 'ada' },
    ])
  })

  test('a consumer from now on gets what comes later, also after it was registered again', async () => {
    await append(db, 'ada')
    const stop = consumers.onChange('mail', writes, { from: 'now' })
    await consumers.runOnce()
    await stop()
    await append(db, 'bob')
    consumers.onChange('mail', writes, { from: 'now' })
    await consumers.runOnce()

    expect(await readEffects(db)).toEqual([{ id: 'chg_2', customer: 'bob' }])
  })

  test('consumers keep cursors of their own', async () => {
    await append(db, 'ada', 'bob')
    const seen: Record<string, string[]> = { mail: [], crm: [] }
    for (const name of ['mail', 'crm']) {
      consumers.onChange(name, async (change) => void seen[name]?.push(change.id))
    }

    expect(await consumers.runOnce()).toBe(4)
    expect(seen).toEqual({ mail: ['chg_1', 'chg_2'], crm: ['chg_1', 'chg_2'] })
  })

  test('a started consumer is woken by a change and stops when asked to', async () => {
    consumers.start()
    const stop = consumers.onChange('mail', writes)
    const position = await append(db, 'ada')
    feed.notify(position)
    await vi.waitFor(async () => expect(await readEffects(db)).toHaveLength(1), BOUND)
    await stop()
    await append(db, 'bob')
    await consumers.runOnce()

    expect(await readEffects(db)).toHaveLength(1)
  })

  test('takes effect exactly once when the process dies before, at or after the commit', async () => {
    const deaths = [
      'before',
      'after',
      'none',
      'unclear',
      'none',
      'after',
      'before',
      'none',
      'unclear',
    ]
    let transactions = 0
    const mortal: Database = {
      ...db,
      async transaction(run) {
        const death = deaths[transactions++ % deaths.length]
        const value = await db.transaction(async (tx) => {
          const inside = await run(tx)
          if (death === 'before') throw lost()
          return inside
        })
        if (death === 'after') throw lost()
        if (death === 'unclear') throw new Error('an error that nobody knows, after the commit')
        return value
      },
    }
    const dying = createConsumers(mortal, feed, { log: silentLog })
    const tried: string[] = []
    dying.onChange('mail', async (change, tx) => {
      tried.push(change.id)
      await writeEffect(tx, change)
    })
    await append(db, ...Array.from({ length: 40 }, (_, index) => `customer ${index % 3}`))

    for (let life = 0; life < 200; life += 1) await dying.runOnce().catch(() => {})

    const effects = await readEffects(db)
    expect(effects.map((effect) => effect.id)).toEqual(
      Array.from({ length: 40 }, (_, index) => `chg_${index + 1}`),
    )
    expect(tried.length).toBeGreaterThan(effects.length)
    expect(await dying.deadLetters()).toEqual([])
    await dying.close()
  })

  test('tries again when the process dies between the failure and putting it aside', async () => {
    await append(db, 'ada')
    let transactions = 0
    const mortal: Database = {
      ...db,
      async transaction(run) {
        transactions += 1
        if (transactions === 2) throw lost()
        return db.transaction(run)
      },
    }
    const dying = createConsumers(mortal, feed, { log: silentLog })
    const { handler, failing, tried } = failingFor('ada')
    dying.onChange('mail', handler)

    await expect(dying.runOnce()).rejects.toMatchObject({ code: 'database_unavailable' })
    failing.clear()
    await dying.runOnce()

    expect(tried.map((change) => change.id)).toEqual(['chg_1', 'chg_1'])
    expect(await readEffects(db)).toHaveLength(1)
    await dying.close()
  })

  test('a customer that fails blocks no other, and keeps the order of its own changes', async () => {
    await append(db, 'ada', 'bob', 'ada', 'cyd', 'ada')
    const { handler, failing, tried } = failingFor('ada')
    consumers.onChange('mail', handler, { backoffMs: () => 3_600_000 })

    const delivered = await consumers.runOnce()
    await append(db, 'bob', 'ada')
    await consumers.runOnce()

    expect(delivered).toBe(2)
    expect(tried.map((change) => change.id)).toEqual(['chg_1', 'chg_2', 'chg_4', 'chg_6'])
    expect(idsOf('ada', await readEffects(db))).toEqual([])

    failing.clear()
    await db.query(`update proviso.deliveries set due_at = now() where due_at < 'infinity'`)
    await consumers.runOnce()

    expect(idsOf('ada', await readEffects(db))).toEqual([1, 3, 5, 7])
    expect((await db.query('select 1 from proviso.deliveries')).rowCount).toBe(0)
  })

  test('retries at the pace of the backoff, then leaves a dead letter and goes on behind it', async () => {
    await append(db, 'ada', 'ada')
    const waits: number[] = []
    const tried: string[] = []
    consumers.onChange(
      'mail',
      async (change, tx) => {
        tried.push(change.id)
        if (change.position === 1) throw new Error('mailbox\u0000 full')
        await writeEffect(tx, change)
      },
      {
        maxAttempts: 3,
        backoffMs(attempt) {
          waits.push(attempt)
          return 0
        },
      },
    )

    const delivered = await consumers.runOnce()

    expect(delivered).toBe(1)
    expect(waits).toEqual([1, 2])
    expect(tried).toEqual(['chg_1', 'chg_1', 'chg_1', 'chg_2'])
    expect(await consumers.deadLetters()).toMatchObject([
      { consumer: 'mail', attempts: 3, lastError: 'mailbox full', change: { id: 'chg_1' } },
    ])
    expect(await consumers.deadLetters('other')).toEqual([])
  })

  test('a dead letter put back is tried again with all its attempts', async () => {
    await append(db, 'ada', 'bob')
    const { handler, failing } = failingFor('ada', 'bob')
    consumers.onChange('mail', handler, { ...AT_ONCE, maxAttempts: 2 })
    await consumers.runOnce()
    expect(await consumers.deadLetters('mail')).toHaveLength(2)

    expect(await consumers.retryDeadLetters('mail', 2)).toBe(1)
    expect(await consumers.retryDeadLetters('nobody')).toBe(0)
    await consumers.runOnce()
    expect(await consumers.deadLetters('mail')).toMatchObject([{ attempts: 2 }, { attempts: 2 }])

    failing.clear()
    expect(await consumers.retryDeadLetters('mail')).toBe(2)
    expect(await consumers.runOnce()).toBe(2)
    expect(await consumers.deadLetters()).toEqual([])
  })

  test('a dead letter put back goes before what of the same customer is still waiting', async () => {
    await append(db, 'ada', 'ada', 'ada')
    const tried: number[] = []
    let isDown = true
    consumers.onChange(
      'mail',
      async (change) => {
        tried.push(change.position)
        if (change.position === 1 && isDown) throw new PermanentFailure('gone')
        if (isDown) throw new Error('down')
      },
      { backoffMs: () => 3_600_000 },
    )
    await consumers.runOnce()
    expect(tried).toEqual([1, 2])

    isDown = false
    await consumers.retryDeadLetters('mail')
    await consumers.runOnce()

    expect(tried).toEqual([1, 2, 1, 2, 3])
  })

  test('a permanent failure is a dead letter at once', async () => {
    await append(db, 'ada')
    const handler = vi.fn<ChangeHandler>(async () => {
      throw new PermanentFailure('no such account')
    })
    consumers.onChange('crm', handler, AT_ONCE)
    await consumers.runOnce()

    expect(handler).toHaveBeenCalledOnce()
    expect(await consumers.deadLetters()).toMatchObject([
      { attempts: 1, lastError: 'no such account' },
    ])
  })

  test('takes a failed statement for a failure, also when the handler swallows the error', async () => {
    await append(db, 'ada')
    consumers.onChange(
      'mail',
      async (change, tx) => {
        await writeEffect(tx, change)
        await tx.query('select 1 / 0').catch(() => {})
      },
      { maxAttempts: 1 },
    )
    await consumers.runOnce()

    expect(await readEffects(db)).toEqual([])
    expect(await consumers.deadLetters()).toMatchObject([
      { lastError: expect.stringContaining('savepoint') as string },
    ])
  })

  test('takes a statement that fails only at the commit for a failure', async () => {
    await append(db, 'ada', 'bob')
    await db.query(
      `create table if not exists known (customer text primary key, friend text references known deferrable initially deferred)`,
    )
    consumers.onChange(
      'mail',
      async (change, tx) => {
        const friend = change.customer === 'ada' ? 'nobody' : null
        await tx.query('insert into known values ($1, $2)', [change.customer, friend])
      },
      { maxAttempts: 1 },
    )

    expect(await consumers.runOnce()).toBe(1)
    expect(await consumers.deadLetters()).toMatchObject([{ change: { customer: 'ada' } }])
  })

  test('finds out a handler that ends its transaction, and does not call that delivered', async () => {
    await append(db, 'ada')
    consumers.onChange(
      'mail',
      async (_change, tx) => {
        await tx.query('rollback')
      },
      { maxAttempts: 1 },
    )
    await consumers.runOnce().catch(() => {})

    expect(await consumers.deadLetters()).toMatchObject([
      { lastError: expect.stringContaining('leave begin, commit and rollback') as string },
    ])
  })

  test('waits for statements the handler did not wait for', async () => {
    await append(db, 'ada')
    consumers.onChange('mail', async (change, tx) => {
      void Promise.all([1, 2, 3].map(() => writeEffect(tx, change)))
    })

    expect(await consumers.runOnce()).toBe(1)
    expect(await readEffects(db)).toHaveLength(3)
  })

  test('leaves a handler that hangs, and shuts its transaction behind it', async () => {
    await append(db, 'ada', 'bob')
    let goOn = (): void => {}
    const hangs = new Promise<void>((resolve) => {
      goOn = resolve
    })
    let lateWrite: Promise<unknown> = Promise.resolve()
    consumers.onChange(
      'mail',
      async (change, tx) => {
        if (change.customer === 'ada') {
          await hangs
          lateWrite = writeEffect(tx, change)
          await lateWrite
        }
        await writeEffect(tx, change)
      },
      { timeoutMs: 200, maxAttempts: 1 },
    )
    await consumers.runOnce()
    goOn()
    await hangs

    await expect(vi.waitFor(() => lateWrite)).rejects.toMatchObject({ code: 'internal' })
    expect(await readEffects(db)).toEqual([{ id: 'chg_2', customer: 'bob' }])
    expect(await consumers.deadLetters()).toMatchObject([
      { lastError: 'The handler did not finish within 200 ms.' },
    ])
  })

  test('refuses a second handler under one name, and options that make no sense', async () => {
    const stop = consumers.onChange('mail', writes)

    expect(() => consumers.onChange('mail', writes)).toThrow(/has a handler already/)
    expect(() => consumers.onChange('crm', writes, { maxAttempts: 0 })).toThrow(/maxAttempts/)
    expect(() => consumers.onChange('crm', writes, { timeoutMs: 0 })).toThrow(/timeoutMs/)
    await stop()
    expect(() => consumers.onChange('mail', writes)).not.toThrow()
  })

  test('plays changes again when an operator sets the cursor back', async () => {
    await append(db, 'ada', 'bob')
    const { handler } = failingFor('ada')
    consumers.onChange('mail', handler, { ...AT_ONCE, maxAttempts: 1 })
    await consumers.runOnce()
    await db.query(`update proviso.consumers set position = 0`)
    await consumers.runOnce()

    expect(idsOf('bob', await readEffects(db))).toEqual([2, 2])
    expect(await consumers.deadLetters()).toHaveLength(1)
  })
})

function lost(): ProvisoError {
  return new ProvisoError('database_unavailable', 'The connection is gone.')
}
