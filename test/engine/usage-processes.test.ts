/** Several processes use up one thing: no unit is given twice, and none that was answered is lost. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { INSERT_USAGE } from '../../src/store/statements/usage.ts'
import { LOCK_LEDGERS } from '../../src/store/statements/usage-ledgers.ts'
import { createTestDatabase } from '../support/database.ts'
import { emptyDatabase, openEngine, watching } from '../support/engine.ts'
import { doneOrWaiting, gated } from '../support/gate.ts'
import { START } from '../support/stories/story.ts'
import { USAGE_CATALOG } from '../support/usage-catalog.ts'
import { startUsageWorker } from '../support/usage-process.ts'

const options = { catalog: USAGE_CATALOG, at: START }
const ids = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${name}_${index}`)

describe('usage of two processes', () => {
  let server: { url: string; drop(): Promise<void> }
  let database: Database
  let rival: Database
  beforeAll(async () => {
    server = await createTestDatabase({ isMigrated: true })
    database = openPostgres(server.url)
    rival = openPostgres(server.url)
  })
  beforeEach(() => emptyDatabase(database))
  afterAll(async () => {
    await database.close()
    await rival.close()
    await server.drop()
  })

  async function give(customer: string, feature: string, value: number | null): Promise<void> {
    const tested = await openEngine(database, options)
    await tested.engine.grant({ customer, feature, value })
    await tested.close()
  }

  const recorded = async (isRefused: boolean) =>
    (
      await database.query<{ id: string }>(
        'select id from proviso.usage where is_refused = $1::boolean',
        [isRefused],
      )
    ).rows.map(({ id }) => id)

  test('5,000 attempts on 1,000 credits, 64 at once, take exactly 1,000', async () => {
    await give('ada', 'tokens', 1000)
    const workers = ['one', 'other'].map((name) =>
      startUsageWorker({
        url: server.url,
        kind: 'consume',
        customer: 'ada',
        feature: 'tokens',
        ids: ids(name, 2500),
        atOnce: 32,
      }),
    )
    const allowed = await Promise.all(workers.map(({ done }) => done))

    expect(allowed.reduce((sum, count) => sum + count, 0)).toBe(1000)
    // Neither process had everything.
    expect(Math.min(...allowed)).toBeGreaterThan(0)
    expect(await recorded(false)).toHaveLength(1000)
    expect(await recorded(true)).toHaveLength(4000)
    const tested = await openEngine(database, options)
    expect(await tested.engine.usage('ada', 'tokens')).toMatchObject({ remaining: 0, over: 0 })
    await tested.close()
  })

  test('a process that is killed loses nothing it has answered, and nothing counts twice', async () => {
    await give('ada', 'calls', null)
    const all = ids('call', 3000)
    const task = {
      url: server.url,
      kind: 'track',
      customer: 'ada',
      feature: 'calls',
      ids: all,
      atOnce: 64,
    } as const
    let reached = (): void => {}
    const half = new Promise<void>((resolve) => (reached = resolve))
    const first = startUsageWorker(task, (answered) => {
      if (answered === 1500) reached()
    })
    await half
    await first.kill()
    const kept = new Set(await recorded(false))
    expect([...first.answered].filter((id) => !kept.has(id))).toEqual([])

    expect(await startUsageWorker(task).done).toBe(3000)
    expect((await recorded(false)).sort()).toEqual(all.toSorted())
    const tested = await openEngine(database, {
      ...options,
      at: Math.floor(Date.now() / 1000),
    })
    expect(await tested.engine.check({ customer: 'ada', feature: 'calls' })).toMatchObject({
      usage: { used: 3000 },
    })
    await tested.close()
  })

  test('the same ids for different customers at once are each given to one of them', async () => {
    await give('ada', 'calls', null)
    await give('bob', 'calls', null)
    const one = await openEngine(database, options)
    const other = await openEngine(rival, options)
    const asked = await Promise.allSettled(
      ids('shared', 400).flatMap((id) => [
        one.engine.track({ customer: 'ada', feature: 'calls', id }),
        other.engine.track({ customer: 'bob', feature: 'calls', id }),
      ]),
    )
    const refused = asked.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as { code: string }] : [],
    )
    expect(refused).toHaveLength(400)
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['usage_id_reused']))
    expect(await recorded(false)).toHaveLength(400)
    await one.close()
    await other.close()
  })

  test('an id that another process records in between is seen when the batch is repeated', async () => {
    await give('ada', 'calls', null)
    await give('bob', 'calls', null)
    const inserting = gated(database, (text) => text === INSERT_USAGE)
    const watched = watching(inserting.database)
    const one = await openEngine(watched.database, options)
    const other = await openEngine(rival, options)
    const lost = one.engine.consume({ customer: 'ada', feature: 'calls', id: 'shared' })
    const neighbour = one.engine.consume({ customer: 'ada', feature: 'calls', id: 'own' })
    await inserting.reached
    await other.engine.track({ customer: 'bob', feature: 'calls', id: 'shared' })
    inserting.open()
    await expect(lost).rejects.toMatchObject({ code: 'usage_id_reused' })
    expect(await neighbour).toMatchObject({ isNew: true, usage: { used: 1 } })
    expect(watched.states).toEqual(['23505'])
    await one.close()
    await other.close()
  })

  test('a process waits for the ledger another holds, and counts on from there', async () => {
    await give('ada', 'calls', 10)
    const inserting = gated(database, (text) => text === INSERT_USAGE)
    const one = await openEngine(inserting.database, options)
    const other = await openEngine(rival, options)
    const first = one.engine.consume({ customer: 'ada', feature: 'calls', quantity: 6 })
    await inserting.reached
    const second = other.engine.consume({ customer: 'ada', feature: 'calls', quantity: 6 })
    await doneOrWaiting(database, second)
    inserting.open()
    expect(await first).toMatchObject({ allowed: true })
    expect(await second).toMatchObject({ allowed: false, usage: { used: 6, remaining: 4 } })
    await one.close()
    await other.close()
  })

  test('a deadlock is repeated, and counts once', async () => {
    await give('ada', 'calls', 10)
    let failures = 0
    const failing: Database = {
      ...database,
      transaction: (run) =>
        database.transaction((tx) =>
          run({
            async query(text, parameters) {
              const answer = await tx.query<never>(text, parameters)
              if (text !== INSERT_USAGE || failures === 3) return answer
              failures += 1
              return tx.query<never>(
                `do $$ begin raise exception 'chosen' using errcode = '40P01'; end $$`,
              )
            },
          }),
        ),
    }
    const tested = await openEngine(failing, options)
    expect(await tested.engine.consume({ customer: 'ada', feature: 'calls' })).toMatchObject({
      isNew: true,
      usage: { used: 1 },
    })
    expect(failures).toBe(3)
    expect(await recorded(false)).toHaveLength(1)
    await tested.close()
  })

  test('one hot customer costs one lock per batch', async () => {
    await give('ada', 'calls', null)
    let locks = 0
    const counting: Database = {
      ...database,
      transaction: (run) =>
        database.transaction((tx) =>
          run({
            query(text, parameters) {
              if (text === LOCK_LEDGERS) locks += 1
              return tx.query<never>(text, parameters)
            },
          }),
        ),
    }
    const tested = await openEngine(counting, options)
    await Promise.all(
      ids('hot', 2000).map((id) =>
        tested.engine.consume({ customer: 'ada', feature: 'calls', id }),
      ),
    )
    expect(locks).toBeLessThan(10)
    await tested.close()
  })
})
