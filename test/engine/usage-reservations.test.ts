/** Usage of unknown cost: set aside first, recorded for what it came to. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { UsageEvent } from '../../src/engine/usage/usage-contract.ts'
import type { Database } from '../../src/store/database.ts'
import { testDatabases } from '../support/database.ts'
import { emptyDatabase, openEngine, type TestEngine } from '../support/engine.ts'
import { START } from '../support/stories/story.ts'
import { DAY } from '../support/stripe/index.ts'
import { USAGE_CATALOG, withoutFeature } from '../support/usage-catalog.ts'

const NOW = START + DAY

describe.each(testDatabases)('usage that is reserved on $name', ({ open }) => {
  let database: Database
  let tested: TestEngine
  beforeAll(async () => {
    database = await open()
  })
  beforeEach(async () => {
    await emptyDatabase(database)
    tested = await openEngine(database, { catalog: USAGE_CATALOG, at: NOW })
  })
  afterEach(async () => {
    expect((await tested.engine.verify()).differences).toEqual([])
    await tested.close()
    expect(tested.complaints).toEqual([])
  })
  afterAll(() => database.close())

  const give = (feature: string, value: number | null, customer = 'ada') =>
    tested.engine.grant({ customer, feature, value })
  const track = (event: Partial<UsageEvent> = {}) =>
    tested.engine.track({ customer: 'ada', feature: 'calls', ...event })
  const consume = (event: Partial<UsageEvent> = {}) =>
    tested.engine.consume({ customer: 'ada', feature: 'calls', ...event })
  const rows = async () =>
    (
      await database.query<{ id: string; kind: string; quantity: bigint; meter: string | null }>(
        'select id, kind, quantity, meter from proviso.usage order by seq',
      )
    ).rows

  const reserve = (quantity: number, more: object = {}) =>
    tested.engine.reserve({ customer: 'ada', feature: 'calls', quantity, ...more })

  test('is held until it is finalised for what it cost', async () => {
    await give('calls', 10)
    const held = await reserve(8, { id: 'job' })
    expect(held).toMatchObject({ allowed: true, expiresAt: NOW + 900, usage: { remaining: 2 } })
    expect(await reserve(3)).toMatchObject({ allowed: false })
    expect(await tested.engine.finalise({ id: 'job', quantity: 5 })).toMatchObject({
      isNew: true,
      reserved: 8,
      quantity: 5,
      over: 0,
      usage: { used: 5, remaining: 5 },
    })
    expect(await tested.engine.finalise({ id: 'job', quantity: 5 })).toMatchObject({
      isNew: false,
    })
    await expect(tested.engine.finalise({ id: 'job', quantity: 6 })).rejects.toMatchObject({
      code: 'usage_id_reused',
    })
    await expect(tested.engine.release({ id: 'job' })).rejects.toMatchObject({
      code: 'usage_id_reused',
    })
    expect(await rows()).toEqual([
      { id: 'job', kind: 'reserve', quantity: 8n, meter: null },
      { id: 'job', kind: 'finalise', quantity: 5n, meter: 'api_calls' },
    ])
  })

  test('may cost more than was held, which is recorded like tracked usage', async () => {
    await give('calls', 10)
    const { id } = await reserve(5)
    expect(await tested.engine.finalise({ id, quantity: 12 })).toMatchObject({
      over: 2,
      usage: { used: 12, remaining: 0 },
    })
  })

  test('is released for nothing, whatever quantity is said with it', async () => {
    await give('calls', 10)
    const { id } = await reserve(4, { id: 'job' })
    await tested.engine.release({ id, quantity: 3 } as never)
    expect(await rows()).toMatchObject([
      { id: 'job', kind: 'reserve', quantity: 4n },
      { id: 'job', kind: 'release', quantity: 0n },
    ])
  })

  test('comes back when it is released, or when it expires', async () => {
    await give('calls', 10)
    const first = await reserve(10)
    expect(await tested.engine.release({ id: first.id })).toMatchObject({
      reserved: 10,
      usage: { used: 0, remaining: 10 },
    })
    expect(await tested.engine.release({ id: first.id })).toMatchObject({ isNew: false })
    const second = await reserve(10, { expiresIn: 60 })
    expect(await consume()).toMatchObject({ allowed: false })
    tested.clock.at += 60
    expect(await consume()).toMatchObject({ allowed: true, usage: { remaining: 9 } })
    // Its work was done all the same.
    expect(await tested.engine.finalise({ id: second.id, quantity: 4 })).toMatchObject({
      isNew: true,
      usage: { used: 5 },
    })
  })

  test('is recorded for what it cost also where the work is too old by then', async () => {
    await give('calls', 10)
    tested.clock.at += 36 * DAY
    const at = tested.clock.at - 34 * DAY
    const week = { at, expiresIn: 7 * DAY }
    await reserve(5, { ...week, id: 'held' })
    await reserve(2, { ...week, id: 'expired' })
    tested.clock.at += 2 * DAY
    expect(await tested.engine.finalise({ id: 'held', quantity: 4 })).toMatchObject({
      ...{ isNew: true, quantity: 4, at, over: 0 },
      usage: { used: 6, remaining: 4 },
    })
    tested.clock.at += 300 * DAY
    expect(await tested.engine.finalise({ id: 'expired', quantity: 3 })).toMatchObject({
      ...{ isNew: true, quantity: 3, at },
    })
    expect(await rows()).toMatchObject([
      ...[{ kind: 'reserve' }, { kind: 'reserve' }],
      ...[
        { id: 'held', quantity: 4n },
        { id: 'expired', quantity: 3n },
      ],
    ])
    expect(await tested.engine.usage('ada', 'calls')).toMatchObject({ used: 0, remaining: 10 })
  })

  test('of a feature that has left the catalog says so, whatever is to become of it', async () => {
    await give('minutes', 10)
    await reserve(3, { feature: 'minutes', id: 'job' })
    await track({ feature: 'minutes', id: 'done' })
    const catalog = withoutFeature('minutes')
    const { engine, close } = await openEngine(database, { catalog, at: NOW })
    for (const [id, end] of [
      ['job', () => engine.finalise({ id: 'job', quantity: 2 })],
      ['job', () => engine.release({ id: 'job' })],
      ['done', () => engine.cancelUsage({ id: 'done' })],
    ] as const) {
      await expect(end()).rejects.toMatchObject({
        code: 'unknown_feature',
        message: expect.stringMatching(
          `^${id} is usage of feature "minutes".*put the feature back`,
        ),
        details: { id, feature: 'minutes' },
      })
    }
    await close()
    // Nothing has become of it.
    expect(await tested.engine.finalise({ id: 'job', quantity: 2 })).toMatchObject({
      isNew: true,
      usage: { used: 3 },
    })
  })

  test('is unknown under any other id', async () => {
    await give('calls', 10)
    await consume({ id: 'taken' })
    const { id } = await reserve(11, { id: 'refused' })
    for (const unknown of ['nothing', 'taken', id]) {
      for (const ended of [
        tested.engine.finalise({ id: unknown, quantity: 1 }),
        tested.engine.release({ id: unknown }),
      ]) {
        await expect(ended).rejects.toMatchObject({ code: 'reservation_unknown' })
      }
    }
  })
})
