/** What is tracked is durable first and counted later: once, whoever counts it and whatever dies. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { FORGET_UNFOLDED, READ_BEHIND } from '../../src/store/statements/usage-unfolded.ts'
import { bucketOf, recordTracked } from '../../src/store/statements/usage-track.ts'
import { createFoldPlace } from '../../src/engine/usage/fold-place.ts'
import { createTestDatabase } from '../support/database.ts'
import { allChanges, emptyDatabase, openEngine, type TestEngine } from '../support/engine.ts'
import { doneOrWaiting } from '../support/gate.ts'
import { START } from '../support/stories/story.ts'
import { USAGE_CATALOG, withoutFeature } from '../support/usage-catalog.ts'

const options = { catalog: USAGE_CATALOG, at: START }

describe('tracked usage', () => {
  let server: { url: string; drop(): Promise<void> }
  let database: Database
  let rival: Database
  beforeAll(async () => {
    server = await createTestDatabase({ isMigrated: true })
    database = openPostgres(server.url)
    rival = openPostgres(server.url)
  })
  beforeEach(async () => {
    await emptyDatabase(database)
  })
  afterAll(async () => {
    await database.close()
    await rival.close()
    await server.drop()
  })

  const track = ({ engine }: TestEngine, event: object = {}) =>
    engine.track({ customer: 'ada', feature: 'calls', ...event })
  const usage = ({ engine }: TestEngine, feature = 'calls') => engine.usage('ada', feature)
  const unfolded = async () => (await database.query('select from proviso.usage_unfolded')).rowCount
  const alerts = async ({ engine }: TestEngine) =>
    (await allChanges(engine))
      .filter(({ cause }) => cause === 'usage')
      .map(({ after }) => after.reasons[0]?.code)
  async function opened(value: number | null, feature = 'calls'): Promise<TestEngine> {
    const tested = await openEngine(database, options)
    await tested.engine.grant({ customer: 'ada', feature, value })
    return tested
  }

  test('is counted by whoever asks, and told of by any process after its own has died', async () => {
    // Given a process that records and goes before anything was counted
    const dead = await opened(10)
    await track(dead, { quantity: 9 })
    await dead.close()
    expect(await unfolded()).toBe(1)

    // Then reads count it and write nothing, and the next process tells of it
    const next = await openEngine(rival, options)
    expect(await usage(next)).toMatchObject({ used: 9, remaining: 1 })
    expect(await alerts(next)).toEqual([])
    await next.engine.settled()
    expect(await alerts(next)).toEqual(['usage_80'])
    expect(await unfolded()).toBe(0)
    expect(await usage(next)).toMatchObject({ used: 9, remaining: 1 })
    await next.close()
  })

  test('is told of without anybody asking', async () => {
    const tested = await opened(10)
    await tested.engine.start()
    await track(tested, { quantity: 10 })
    await vi.waitFor(async () => expect(await alerts(tested)).toEqual(['usage_80', 'usage_100']), {
      timeout: 20_000,
      interval: 50,
    })
    await tested.close()
  })

  test('is counted once where a fold dies before its commit', async () => {
    // The ledger is written, and the session ends before that is committed.
    const ending: Database = {
      ...database,
      transaction: (run) =>
        database.transaction((tx) =>
          run({
            async query(text, parameters) {
              if (text === FORGET_UNFOLDED) {
                await tx.query('select pg_terminate_backend(pg_backend_pid())')
              }
              return tx.query<never>(text, parameters)
            },
          }),
        ),
    }
    const dying = await openEngine(ending, options)
    await dying.engine.grant({ customer: 'ada', feature: 'calls', value: 10 })
    await track(dying, { quantity: 8 })
    await expect(dying.engine.settled()).rejects.toThrow()
    expect(await unfolded()).toBe(1)

    const next = await openEngine(rival, options)
    expect(await usage(next)).toMatchObject({ used: 8 })
    await next.engine.settled()
    expect(await usage(next)).toMatchObject({ used: 8 })
    expect(await alerts(next)).toEqual(['usage_80'])
    await next.close()
    await dying.close()
  })

  test('is counted once where processes fold, consume and read one customer at once', async () => {
    const one = await opened(100_000)
    const other = await openEngine(rival, options)
    const told = Array.from({ length: 300 }, (_, index) => {
      const tested = index % 2 === 0 ? one : other
      if (index % 7 === 0) return tested.engine.settled()
      if (index % 5 === 0) return tested.engine.consume({ customer: 'ada', feature: 'calls' })
      return track(tested, { quantity: 400 })
    })
    const total = Array.from({ length: 300 }, (_, index) =>
      index % 7 === 0 ? 0 : index % 5 === 0 ? 1 : 400,
    ).reduce<number>((sum, quantity) => sum + quantity, 0)
    await Promise.all(told)
    expect(await usage(one)).toMatchObject({ used: total })
    await Promise.all([one.engine.settled(), other.engine.settled()])
    expect(await usage(other)).toMatchObject({ used: total })
    expect(await alerts(one)).toEqual(['usage_80'])
    expect(await unfolded()).toBe(0)
    await one.close()
    await other.close()
  })

  test('of a customer never comes to light below a number that was counted', async () => {
    const tested = await opened(10)
    await track(tested)
    const { rows } = await database.query<{ id: bigint }>('select id from proviso.usage_ledgers')
    const row = {
      ...{ account: '', livemode: false, customer: 'ada', feature: 'calls', quantity: 2 },
      ...{ at: START, meter: null, ledger: rows[0]?.id ?? 0n, second: null },
    }
    let later: Promise<unknown> = Promise.resolve()
    await rival.transaction(async (tx) => {
      // A number is drawn, and not to be seen yet
      await recordTracked(tx, [{ ...row, id: 'early' }], START)
      later = track(tested, { id: 'late', quantity: 4 })
      await doneOrWaiting(database, later)
      await tested.engine.settled()
      expect(await usage(tested)).toMatchObject({ used: 1 })
    })
    await later
    expect(await usage(tested)).toMatchObject({ used: 7 })
    await tested.engine.settled()
    expect(await usage(tested)).toMatchObject({ used: 7 })
    const order = await database.query<{ id: string }>(
      `select id from proviso.usage where quantity > 1 order by seq`,
    )
    expect(order.rows.map(({ id }) => id)).toEqual(['early', 'late'])
    await tested.close()
  })

  test('of credits is named in the history, before it is folded and after', async () => {
    const tested = await opened(100, 'tokens')
    await track(tested, { feature: 'tokens', quantity: 30, id: 'a' })
    await tested.engine.consume({ customer: 'ada', feature: 'tokens', quantity: 5, id: 'b' })
    await track(tested, { feature: 'tokens', quantity: 90, id: 'c', at: START - 1 })
    const before = await usage(tested, 'tokens')
    expect(before).toMatchObject({ remaining: 0, over: 25 })
    expect(before.history.map(({ quantity, usage: id }) => [id, quantity])).toEqual(
      expect.arrayContaining([
        ['a', -30],
        ['b', -5],
        ['c', -65],
      ]),
    )
    await tested.engine.settled()
    expect(await usage(tested, 'tokens')).toEqual(before)
    await tested.close()
  })

  test('is given back when it is cancelled, counted before or not: what is beyond first', async () => {
    const tested = await opened(10)
    await track(tested, { quantity: 6, id: 'a' })
    await tested.engine.settled()
    await track(tested, { quantity: 6, id: 'b' })
    expect(await tested.engine.cancelUsage({ id: 'b' })).toMatchObject({ usage: { used: 6 } })
    expect(await usage(tested)).toMatchObject({ used: 6, over: 0 })
    expect(await tested.engine.cancelUsage({ id: 'a' })).toMatchObject({ usage: { used: 0 } })
    await track(tested, { feature: 'calls', quantity: 3, id: 'd' })
    expect(await tested.engine.cancelUsage({ id: 'd' })).toMatchObject({ isNew: true })
    expect(await tested.engine.cancelUsage({ id: 'd' })).toMatchObject({ isNew: false })
    await tested.engine.settled()
    expect(await usage(tested)).toMatchObject({ used: 0, remaining: 10 })
    await tested.close()
  })

  test('of nobody who has more to be counted is not locked', async () => {
    let behind = 0
    const counting: Database = {
      ...database,
      transaction: (run) =>
        database.transaction((tx) =>
          run({
            async query(text, parameters) {
              const answer = await tx.query<never>(text, parameters)
              if (text === READ_BEHIND) behind += answer.rows.length
              return answer
            },
          }),
        ),
    }
    const tested = await openEngine(counting, options)
    await tested.engine.grant({ customer: 'ada', feature: 'calls', value: 10 })
    await track(tested)
    await tested.engine.consume({ customer: 'ada', feature: 'calls' })
    await tested.engine.settled()
    expect(behind).toBe(0)
    expect(await unfolded()).toBe(0)
    await tested.close()
  })

  test('of a feature that a process does not know waits for one that does, and holds up nothing', async () => {
    // Given more of it than one fold looks at, something that can be counted after it, and a process
    // of the catalog before
    const next = await opened(2000, 'minutes')
    await next.engine.grant({ customer: 'ada', feature: 'calls', value: 10 })
    await track(next, { feature: 'minutes' })
    await database.query(
      `insert into proviso.usage_unfolded (ledgers)
       select ledgers from proviso.usage_unfolded, generate_series(1, 1200)`,
    )
    await track(next, { feature: 'minutes', quantity: 1599 })
    await track(next, { quantity: 8 })
    const before = await openEngine(rival, { ...options, catalog: withoutFeature('minutes') })

    // When that one counts what there is to be counted
    await before.engine.settled()
    await before.engine.tick()

    // Then it has told of what it knows, and left what it does not
    expect(await alerts(next)).toEqual(['usage_80'])
    expect(await unfolded()).toBe(1202)
    await track(before)
    await track(before)
    await before.engine.settled()
    expect(await alerts(next)).toEqual(['usage_80', 'usage_100'])
    await next.engine.settled()
    expect(await alerts(next)).toEqual(['usage_80', 'usage_100', 'usage_80'])
    expect(await unfolded()).toBe(0)
    await before.close()
    await next.close()
  })

  test('of a feature that nobody knows any more is no work after a day, and is still on record', async () => {
    const next = await opened(10, 'minutes')
    await track(next, { feature: 'minutes', quantity: 9 })
    const after = await openEngine(rival, { ...options, catalog: withoutFeature('minutes') })
    await database.query(
      `update proviso.usage_unfolded set recorded_at = recorded_at - interval '23 hours'`,
    )
    await after.engine.settled()
    expect(await unfolded()).toBe(1)
    await after.close()
    await database.query(
      `update proviso.usage_unfolded set recorded_at = recorded_at - interval '2 hours'`,
    )
    const later = await openEngine(rival, { ...options, catalog: withoutFeature('minutes') })
    await later.engine.settled()
    expect(await unfolded()).toBe(0)
    expect(await usage(next, 'minutes')).toMatchObject({ used: 9 })
    await later.close()
    await next.close()
  })

  test('that was passed over is looked at again a minute later, from an end of the list', () => {
    let at = 1_000_000
    const place = createFoldPlace(() => at)
    place.pass(7n)
    place.pass(5n)
    place.ended()
    expect(place.after()).toBe(7n)
    at += 60_000
    place.pass(9n)
    expect(place.after()).toBe(9n)
    place.ended()
    expect(place.after()).toBe(0n)
    place.pass(3n)
    place.ended()
    expect(place.after()).toBe(3n)
  })

  test('has the lock that all versions agree on', () => {
    expect(['ada', 'bob', 'user_1', 'Zoë'].map(bucketOf)).toMatchInlineSnapshot(`
      [
        11,
        4,
        2,
        7,
      ]
    `)
  })
})
