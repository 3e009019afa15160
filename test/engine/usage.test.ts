/** What an app says was used: once per id for good, counted exactly, durable before the answer. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { UsageEvent } from '../../src/engine/usage/usage-contract.ts'
import type { Database } from '../../src/store/database.ts'
import { testDatabases } from '../support/database.ts'
import { emptyDatabase, openEngine, type TestEngine } from '../support/engine.ts'
import { CALLS, USAGE } from '../support/stories/catalogs.ts'
import { ada, START } from '../support/stories/story.ts'
import { Account, createByCard, DAY } from '../support/stripe/index.ts'
import { USAGE_CATALOG } from '../support/usage-catalog.ts'

const NOW = START + DAY

describe.each(testDatabases)('usage on $name', ({ open }) => {
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
  const check = (quantity?: number, feature = 'calls') =>
    tested.engine.check({
      customer: 'ada',
      feature,
      ...(quantity === undefined ? {} : { quantity }),
    })
  const rows = async () =>
    (
      await database.query<{ id: string; kind: string; quantity: bigint; meter: string | null }>(
        'select id, kind, quantity, meter from proviso.usage order by seq',
      )
    ).rows

  describe('that is tracked', () => {
    test('counts, and is recorded in full also beyond the limit', async () => {
      await give('calls', 10)
      expect(await track({ quantity: 7, id: 'a' })).toEqual({
        id: 'a',
        customer: 'ada',
        feature: 'calls',
        quantity: 7,
        at: NOW,
        isNew: true,
        asOf: NOW,
      })
      expect(await check()).toMatchObject({ usage: { used: 7, limit: 10, remaining: 3 } })
      expect(await track({ quantity: 5, id: 'b' })).toMatchObject({ isNew: true })
      expect(await tested.engine.usage('ada', 'calls')).toMatchObject({
        used: 12,
        limit: 10,
        remaining: 0,
        over: 2,
      })
      expect(await rows()).toEqual([
        { id: 'a', kind: 'track', quantity: 7n, meter: 'api_calls' },
        { id: 'b', kind: 'track', quantity: 5n, meter: 'api_calls' },
      ])
    })

    test('counts once, however often the same id is sent, one by one or at once', async () => {
      await give('calls', 10)
      const first = await track({ quantity: 3, id: 'once' })
      expect(await track({ quantity: 3, id: 'once' })).toEqual({ ...first, isNew: false })
      const again = await Promise.all(
        Array.from({ length: 20 }, () => track({ quantity: 2, id: 'twin' })),
      )
      expect(again.filter(({ isNew }) => isNew)).toHaveLength(1)
      expect(await rows()).toHaveLength(2)
      expect(await check()).toMatchObject({ usage: { used: 5, remaining: 5 } })
    })

    test('has one id for one body: another is refused, and both are named', async () => {
      await give('calls', 10)
      await give('minutes', 10)
      await give('calls', 10, 'bob')
      await track({ quantity: 3, id: 'once', at: NOW - 60 })
      for (const other of [
        { quantity: 4 },
        { customer: 'bob' },
        { feature: 'minutes' },
        { at: NOW - 61 },
      ]) {
        await expect(
          track({ quantity: 3, id: 'once', at: NOW - 60, ...other }),
        ).rejects.toMatchObject({
          code: 'usage_id_reused',
          message: expect.stringMatching(/once.*track 3 calls of ada.*track/) as string,
        })
      }
      await expect(consume({ quantity: 3, id: 'once' })).rejects.toMatchObject({
        code: 'usage_id_reused',
      })
      expect(await track({ quantity: 3, id: 'once' })).toMatchObject({ isNew: false })
    })

    test('belongs to the period it was used in, however late it is told', async () => {
      const stripe = new Account({ shape: 'basil', prefix: 'late', start: START })
      createByCard(stripe, { customer: ada(stripe), items: [{ price: CALLS }] })
      await tested.hold(stripe.bodies)
      await track({ quantity: 300 })
      const usage = await tested.engine.usage('ada', 'calls')
      expect(usage).toMatchObject({ used: 300, limit: 500, remaining: 200 })
      expect(usage.resetsAt).toBeGreaterThan(NOW + 20 * DAY)

      // Past its end access goes on for the renewal window, and so does a new period.
      tested.clock.at = (usage.resetsAt ?? 0) + 60
      await track({ quantity: 1 })
      expect(await check()).toMatchObject({ usage: { used: 1, remaining: 499 } })
      await track({ quantity: 50, at: NOW })
      const { allowances } = await tested.engine.usage('ada', 'calls')
      expect(allowances.find(({ until }) => until === usage.resetsAt)).toMatchObject({ spent: 350 })
      expect(await check()).toMatchObject({ allowed: true, usage: { used: 1 } })
    })

    test('may come 35 days late and 5 minutes early, and not more', async () => {
      await give('calls', 10)
      await track({ at: NOW - 35 * DAY })
      await track({ at: NOW + 300 })
      await expect(track({ at: NOW - 35 * DAY - 1 })).rejects.toMatchObject({
        code: 'usage_too_old',
      })
      await expect(track({ at: NOW + 301 })).rejects.toMatchObject({ code: 'usage_in_future' })
      await expect(track({ at: NOW * 1000 })).rejects.toMatchObject({ code: 'usage_in_future' })
      // An old id is still known when its time is over.
      await track({ id: 'old', at: NOW })
      tested.clock.at += 36 * DAY
      expect(await track({ id: 'old', at: NOW })).toMatchObject({ isNew: false })
    })

    test.each([
      { what: 'a quantity of 0', event: { quantity: 0 }, code: 'invalid_quantity' },
      { what: 'a negative quantity', event: { quantity: -1 }, code: 'invalid_quantity' },
      { what: 'a broken quantity', event: { quantity: 0.5 }, code: 'invalid_quantity' },
      { what: 'NaN', event: { quantity: Number.NaN }, code: 'invalid_quantity' },
      { what: '10²⁰', event: { quantity: 1e20 }, code: 'invalid_quantity' },
      { what: 'text for a quantity', event: { quantity: '3' as never }, code: 'invalid_quantity' },
      { what: 'an unknown feature', event: { feature: 'call' }, code: 'unknown_feature' },
      { what: 'a flag', event: { feature: 'reports' }, code: 'feature_not_usage' },
      { what: 'seats', event: { feature: 'seats' }, code: 'feature_not_usage' },
      { what: 'a customer nobody knows', event: { customer: 'eve' }, code: 'unknown_customer' },
      { what: 'no customer', event: { customer: '' }, code: 'invalid_request' },
      { what: 'a NUL', event: { customer: 'a\u0000' }, code: 'invalid_request' },
      { what: 'an id of 101', event: { id: 'x'.repeat(101) }, code: 'invalid_request' },
      { what: 'an id with a break', event: { id: 'a\nb' }, code: 'invalid_request' },
      { what: 'no second', event: { at: 1.5 }, code: 'invalid_request' },
    ])('is refused with $what', async ({ event, code }) => {
      await give('calls', 10)
      await expect(track(event)).rejects.toMatchObject({ code })
      expect(await rows()).toEqual([])
      const { rowCount } = await database.query('select 1 from proviso.usage_ledgers')
      expect(rowCount).toBe(0)
    })

    test('never passes what can be counted exactly: the total stops there', async () => {
      await give('calls', null)
      await track({ quantity: Number.MAX_SAFE_INTEGER - 1 })
      await expect(consume({ quantity: 2 })).rejects.toMatchObject({ code: 'invalid_quantity' })
      await track({ quantity: 2 })
      await track({ quantity: Number.MAX_SAFE_INTEGER })
      expect(await check()).toMatchObject({
        usage: { used: Number.MAX_SAFE_INTEGER, limit: null, remaining: null },
      })
      expect((await rows()).at(-1)).toMatchObject({ quantity: BigInt(Number.MAX_SAFE_INTEGER) })
    })

    test('comes in lists, answered line by line, the good ones kept', async () => {
      await give('calls', 10)
      const line = (event: Partial<UsageEvent>) => ({ customer: 'ada', feature: 'calls', ...event })
      const answers = await tested.engine.trackMany([
        line({ id: 'a' }),
        line({ id: 'b', quantity: -1 }),
        line({ id: 'a' }),
        line({ id: 'c', customer: 'eve' }),
        line({ id: 'a', quantity: 2 }),
        null as never,
        line({ id: 'd', at: NOW + DAY }),
        line({ id: 'e', quantity: 4 }),
      ])
      expect(
        answers.map((answer) => (answer.ok ? answer.answer.isNew : (answer.error as Error))),
      ).toMatchObject([
        true,
        { code: 'invalid_quantity' },
        false,
        { code: 'unknown_customer' },
        { code: 'usage_id_reused' },
        { code: 'invalid_request' },
        { code: 'usage_in_future' },
        true,
      ])
      expect((await rows()).map(({ id }) => id)).toEqual(['a', 'e'])
      await expect(
        tested.engine.trackMany(Array.from({ length: 1001 }, () => line({}))),
      ).rejects.toMatchObject({ code: 'invalid_request' })
      expect(
        await tested.engine.trackMany(Array.from({ length: 1000 }, () => line({}))),
      ).toHaveLength(1000)
      expect(await check()).toMatchObject({ allowed: false, usage: { used: 1005, remaining: 0 } })
    })

    test('by the id of a Stripe customer counts for whom it belongs to', async () => {
      const stripe = new Account({ shape: 'basil', prefix: 'alias', start: START })
      const customer = ada(stripe)
      createByCard(stripe, { customer, items: [{ price: CALLS }] })
      await tested.hold(stripe.bodies)
      expect(await track({ customer: customer.id, quantity: 2 })).toMatchObject({
        customer: 'ada',
      })
      expect(await check()).toMatchObject({ usage: { used: 2 } })
    })
  })

  describe('that is asked for without a type checker', () => {
    type Asked = (engine: TestEngine['engine']) => Promise<unknown>
    const odd = undefined as never
    const names: [string, Asked, string][] = [
      ['nothing to finalise', (engine) => engine.finalise(odd), 'undefined'],
      ['nothing to release', (engine) => engine.release(null as never), 'null'],
      ['no quantity to finalise', (engine) => engine.finalise({ id: 'x' } as never), 'undefined'],
      ['no list', (engine) => engine.trackMany(odd), 'list'],
      ['no customer', (engine) => engine.usage(odd, 'calls'), 'customer undefined'],
      ['a NUL in a customer', (engine) => engine.usage('a\0', 'calls'), String.raw`"a\u0000"`],
      ['half a customer', (engine) => engine.usage('a\ud800', 'calls'), String.raw`"a\ud800"`],
      ['nothing to cancel', (engine) => engine.cancelUsage(odd), 'undefined'],
      ['a NUL in what to cancel', (engine) => engine.cancelUsage({ id: 'a\0' }), 'id'],
      ['reports of a NUL', (engine) => engine.usageReports({ customer: '\0' }), 'customer'],
      ['reports after a NUL', (engine) => engine.usageReports({ after: '5-\0' }), 'after'],
      ['NaN reports', (engine) => engine.usageReports({ limit: Number.NaN }), 'limit NaN'],
      ['2.5 reports', (engine) => engine.usageReports({ limit: 2.5 }), 'limit 2.5'],
      [
        'reports of no status',
        (engine) => engine.usageReports({ status: '\0' as never }),
        'status',
      ],
      [
        'a retry of a NUL',
        (engine) => engine.retryUsageReports({ identifier: '\0' }),
        'identifier',
      ],
      [
        'a retry of what counts',
        (engine) => engine.retryUsageReports({ status: 'accepted' as never }),
        'refused, dropped',
      ],
      ['books of a NUL', (engine) => engine.reconcileUsage({ customer: '\0' }), 'customer'],
      ['books of half a meter', (engine) => engine.reconcileUsage({ meter: '\ud800' }), 'meter'],
      ['books of null', (engine) => engine.reconcileUsage(null as never), 'null'],
      ['counts of a NUL', (engine) => engine.usageCounts({ account: '\0' }), 'account'],
      [
        'counts of no mode',
        (engine) => engine.usageCounts({ livemode: 'yes' as never }),
        'livemode',
      ],
    ]

    test.each(names)('is refused with %s, by its name', async (_, ask, name) => {
      const refused = await ask(tested.engine).catch((error: unknown) => error)
      expect(refused).toMatchObject({
        name: 'ProvisoError',
        code: expect.stringMatching(/^invalid_(request|quantity)$/),
        message: expect.stringContaining(name),
      })
    })

    test.each(['a\0', 'a\ud800'])('is refused of the account %j', async (account) => {
      await give('calls', 10)
      for (const refused of [() => track({ account }), () => consume({ account })]) {
        await expect(refused()).rejects.toMatchObject({ code: 'invalid_request' })
      }
    })
  })

  describe('that is consumed', () => {
    test('is taken whole or not at all', async () => {
      await give('calls', 10)
      expect(await consume({ quantity: 8 })).toMatchObject({
        allowed: true,
        reason: null,
        usage: { used: 8, remaining: 2 },
      })
      expect(await consume({ quantity: 3 })).toMatchObject({
        allowed: false,
        reason: { code: 'limit_reached' },
        usage: { used: 8, remaining: 2 },
      })
      expect(await consume({ quantity: 2 })).toMatchObject({ allowed: true })
      expect(await rows()).toHaveLength(2)
    })

    test('gets the same answer under the same id, also when it was refused', async () => {
      await give('calls', 10)
      const refused = await consume({ quantity: 11, id: 'eager' })
      const taken = await consume({ quantity: 4, id: 'modest' })
      await give('calls', 100)
      expect(await consume({ quantity: 11, id: 'eager' })).toMatchObject({
        allowed: false,
        isNew: false,
      })
      expect(await consume({ quantity: 4, id: 'modest' })).toMatchObject({
        allowed: true,
        isNew: false,
      })
      expect(refused.allowed).toBe(false)
      expect(taken.allowed).toBe(true)
      expect(await check()).toMatchObject({ usage: { used: 4, limit: 110 } })
    })

    test('goes on where Stripe bills what is beyond, and only with access', async () => {
      const stripe = new Account({ shape: 'basil', prefix: 'bill', start: START })
      const { subscription } = createByCard(stripe, {
        customer: ada(stripe),
        items: [{ price: USAGE }],
      })
      await tested.hold(stripe.bodies.splice(0))
      expect(await consume({ quantity: 150 })).toMatchObject({
        allowed: true,
        over: 50,
        usage: { used: 150, limit: 100, remaining: 0 },
      })
      expect(await check(1000)).toMatchObject({ allowed: true })
      subscription.end()
      await tested.hold(stripe.bodies)
      expect(await consume()).toMatchObject({ allowed: false, reason: { code: 'no_access' } })
      expect(await check()).toMatchObject({ allowed: false, usage: { remaining: 0 } })
    })

    test('is refused at the end of access, also where nobody has woken the verdict yet', async () => {
      await tested.engine.grant({ customer: 'ada', feature: 'calls', value: 10, until: NOW + 60 })
      expect(await consume()).toMatchObject({ allowed: true })
      tested.clock.at = NOW + 60
      expect(await consume()).toMatchObject({ allowed: false, reason: { code: 'no_access' } })
      expect(await check()).toMatchObject({ allowed: false, state: 'ended' })
      expect((await tested.engine.changes({})).changes.at(-1)).toMatchObject({ cause: 'clock' })
    })
  })

  describe('of credits', () => {
    test('never brings the balance below zero, and its history sums', async () => {
      await give('tokens', 1000)
      expect(await consume({ feature: 'tokens', quantity: 900 })).toMatchObject({ allowed: true })
      expect(await consume({ feature: 'tokens', quantity: 101 })).toMatchObject({
        allowed: false,
        reason: { code: 'credits_used_up' },
      })
      await track({ feature: 'tokens', quantity: 150 })
      expect(await tested.engine.usage('ada', 'tokens')).toMatchObject({ remaining: 0, over: 50 })
      tested.clock.at += 1
      await give('tokens', 500)
      const usage = await tested.engine.usage('ada', 'tokens')
      expect(usage).toMatchObject({ type: 'credits', remaining: 500, over: 50 })
      expect(usage.history.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(500)
    })

    test('stays as it is through a rebuild, and grants add nothing twice', async () => {
      await give('tokens', 1000)
      await consume({ feature: 'tokens', quantity: 400 })
      await tested.engine.rebuild()
      expect(await check(600, 'tokens')).toMatchObject({ allowed: true, usage: { remaining: 600 } })
      expect(await check(601, 'tokens')).toMatchObject({ allowed: false })
      expect(await rows()).toHaveLength(1)
    })

    test('loses the rest, and only that, when its grant is revoked', async () => {
      const { id } = await give('tokens', 1000)
      await give('tokens', 100)
      await consume({ feature: 'tokens', quantity: 400 })
      await tested.engine.revoke({ customer: 'ada', id })
      const { remaining, history } = await tested.engine.usage('ada', 'tokens')
      // Which of the two was used first is told by their ids alone: neither expires.
      expect([100, 0]).toContain(remaining)
      expect(history.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(remaining)
      expect(await consume({ feature: 'tokens', quantity: 101 })).toMatchObject({ allowed: false })
    })
  })
})
