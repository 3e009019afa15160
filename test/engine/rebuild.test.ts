/** Everything is derived from the observations (law 1), and `verify` finds what is not. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { compileCatalog, type Catalog } from '../../src/core/compile-catalog.ts'
import { rebuild } from '../../src/engine/rebuild.ts'
import { verify } from '../../src/engine/verify.ts'
import type { Database } from '../../src/store/database.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { LOCK_LINKS } from '../../src/store/statements/links.ts'
import { createTestDatabase, testDatabases } from '../support/database.ts'
import {
  allChanges,
  emptyDatabase,
  openEngine,
  storedVerdicts,
  told,
  type TestEngine,
} from '../support/engine.ts'
import { planOrder } from '../support/engine-order.ts'
import { gated } from '../support/gate.ts'
import { seeded } from '../support/seeded.ts'
import { CATALOG, PASS, PRO } from '../support/stories/catalogs.ts'
import { stories } from '../support/stories/index.ts'
import { ada, ADA, BOB, START } from '../support/stories/story.ts'
import { Account, bodyAt, buyByCard, createByCard, Customer, DAY } from '../support/stripe/index.ts'
import { clockAt, onTestClock } from '../support/test-clock.ts'

describe.each(testDatabases)('rebuild on $name', ({ open }) => {
  let database: Database
  let tested: TestEngine
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())

  /** Many customers, a test clock, a person's grant; all of them mixed. */
  async function populate(): Promise<void> {
    const random = seeded('population')
    const picked = stories.filter((story) => story.catalog === CATALOG)
    const bodies = picked.flatMap((story, index) => {
      return planOrder(story, { index, passes: 1, random }).passes.flat()
    })
    const stripe = newAccount('clocked')
    createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO }] })
    const clocked = onTestClock(stripe.bodies, 'clock_1')
    const mixed = random.shuffled([...bodies, ...clocked, clockAt('clock_1', START + DAY, START)])
    tested = await openEngine(database, { catalog: CATALOG, at: Math.max(...mixed.map(bodyAt)) })
    await tested.hold(mixed.slice(0, 400))
    await tested.engine.grant({ customer: 'ada~3~', feature: 'support', id: 'gift' })
    await tested.hold(mixed.slice(400))
    await tested.engine.tick()
  }

  describe('after many stories', () => {
    beforeAll(async () => {
      await emptyDatabase(database)
      await populate()
    })
    afterAll(() => tested.close())

    test('changes nothing where nothing is wrong', async () => {
      const before = await everything(database)
      const { changes, observations, customers } = await tested.engine.rebuild()
      expect(changes).toBe(0)
      expect(observations).toBeGreaterThan(800)
      expect(customers).toBe(before.customers.length)
      expect(await everything(database)).toEqual(before)
      expect((await tested.engine.verify()).differences).toEqual([])
    })

    test.each([
      'delete from proviso.links',
      'delete from proviso.facts',
      'delete from proviso.customer_roots',
      'delete from proviso.links; delete from proviso.facts; delete from proviso.customer_roots',
      `update proviso.links set parent = 'cus_nobody' where parent is not null`,
      `update proviso.facts set snapshots = '[]'`,
    ])('makes good: %s', async (damage) => {
      const before = await everything(database)
      await database.query(damage)
      expect((await tested.engine.verify()).differences).not.toEqual([])

      expect((await tested.engine.rebuild()).changes).toBe(0)
      expect(await everything(database)).toEqual(before)
      expect((await tested.engine.verify()).differences).toEqual([])
    })

    test('tells of its progress, up to the end', async () => {
      for (const run of [tested.engine.rebuild, tested.engine.verify]) {
        const seen: { done: number; total: number }[] = []
        await run((done, total) => seen.push({ done, total }))
        expect(seen.length).toBeGreaterThan(2)
        expect(seen.map(({ done }) => done)).toEqual(
          seen.map(({ done }) => done).toSorted((a, b) => a - b),
        )
        expect(seen.at(-1)?.done).toBe(seen.at(-1)?.total)
      }
    })

    test.each([90, 400])('is verified alike when %i observations fit in memory', async (size) => {
      const report = await verify(database, compiled(), undefined, { passSize: size })
      expect(report.differences).toEqual([])
      expect(report.customers).toBe((await tested.engine.verify()).customers)
    })
  })

  test('gives back what a damaged fact had taken, as a change like any other', async () => {
    await emptyDatabase(database)
    const stripe = newAccount('damaged')
    const { subscription } = createByCard(stripe, {
      customer: ada(stripe),
      items: [{ price: PRO, quantity: 2 }],
    })
    const engine = await openEngine(database, { catalog: CATALOG, at: START + DAY })
    await engine.hold(stripe.bodies.splice(0))
    const { position } = await engine.engine.health()
    await database.query(`delete from proviso.facts where type = 'invoice'`)
    stripe.wait(60)
    subscription.update({ metadata: { plan: 'same' } })
    await engine.hold(stripe.bodies)
    expect((await engine.engine.access('ada')).features['seats']).toMatchObject({ allowed: false })

    await engine.engine.rebuild()
    expect((await engine.engine.access('ada')).features['seats']).toMatchObject({ value: 2 })
    const changes = (await allChanges(engine.engine)).filter((one) => one.position > position)
    expect(changes.slice(-2).map(told)).toEqual([
      'ada/reports pending → active (rebuild)',
      'ada/seats pending → active (rebuild)',
    ])
    expect((await engine.engine.verify()).differences).toEqual([])
    await engine.close()
  })

  describe('verify', () => {
    beforeEach(async () => {
      await emptyDatabase(database)
      const stripe = newAccount('planted')
      createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO, quantity: 2 }] })
      const customer = new Customer(stripe, { metadata: BOB }).emit('customer.created')
      buyByCard(stripe, { customer, price: PASS, metadata: BOB }).payment.refund()
      tested = await openEngine(database, { catalog: CATALOG, at: START + DAY })
      for (const body of stripe.bodies) await tested.hold([body])
      expect((await tested.engine.verify()).differences).toEqual([])
      return () => tested.close()
    })

    test.each([
      {
        what: 'an altered fact',
        sql: `update proviso.facts set snapshots = replace(snapshots::text, '"status":"active"', '"status":"canceled"')::json
              where type = 'subscription'`,
        kind: 'facts',
        subject: 'cus_planted1/sub_planted1',
      },
      {
        what: 'a lost fact',
        sql: `delete from proviso.facts where type = 'refund'`,
        kind: 'facts',
        subject: 'cus_planted2/re_planted1',
      },
      {
        what: 'a fact nobody told',
        sql: `insert into proviso.facts (account, livemode, key, type, object, snapshots)
              select account, livemode, key, type, 'sub_forged', replace(snapshots::text, 'sub_planted1', 'sub_forged')::json
              from proviso.facts where type = 'subscription'`,
        kind: 'facts',
        subject: 'cus_planted1/sub_forged',
      },
      {
        what: 'a lost link',
        sql: `delete from proviso.links where object = 're_planted1'`,
        kind: 'links',
        subject: 'links',
      },
      {
        what: 'a link to another',
        sql: `update proviso.links set parent = 'cus_planted1' where object = 'pi_planted2'`,
        kind: 'links',
        subject: 'pi_planted2',
      },
      {
        what: 'a lost owner',
        sql: `delete from proviso.customer_roots where customer = 'ada'`,
        kind: 'access',
        subject: 'ada',
      },
      {
        what: 'altered access',
        sql: `update proviso.customers set access = jsonb_set(access, '{seats,value}', '99') where id = 'ada'`,
        kind: 'access',
        subject: 'ada/seats',
      },
      {
        what: 'access given by hand',
        sql: `update proviso.customers set access = jsonb_set(access, '{exports}', access -> 'reports')
              where id = 'ada'`,
        kind: 'chain',
        subject: 'ada/exports',
      },
      {
        what: 'a lost customer',
        sql: `delete from proviso.customers where id = 'ada'`,
        kind: 'chain',
        subject: 'ada/seats',
      },
      {
        what: 'an altered change',
        sql: `update proviso.changes set after = jsonb_set(after, '{value}', '7')
              where customer = 'ada' and feature = 'seats'`,
        kind: 'chain',
        subject: 'ada/seats',
      },
      {
        what: 'a change that begins elsewhere',
        sql: `update proviso.changes set before = jsonb_set(before, '{state}', '"trial"')
              where position = (select max(position) from proviso.changes)`,
        kind: 'chain',
        subject: 'bob/exports',
      },
      {
        what: 'a change that is gone from the middle',
        sql: `delete from proviso.changes where position = 2`,
        kind: 'chain',
        subject: 'position 3',
      },
      {
        what: 'the last change gone',
        sql: `delete from proviso.changes where position = (select max(position) from proviso.changes)`,
        kind: 'chain',
        subject: 'feed',
      },
    ])('finds $what', async ({ sql, kind, subject }) => {
      await database.query(sql)
      const { differences } = await tested.engine.verify()
      expect(differences).toContainEqual({
        kind,
        subject,
        message: expect.stringMatching(/./) as string,
      })
    })

    test('leaves out what is still pending', async () => {
      const stripe = newAccount('pending')
      createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO }] })
      await tested.post(stripe.bodies)

      const { pending } = await tested.engine.health()
      expect(pending).toBe(stripe.bodies.length)
      const before = await verify(database, compiled())
      expect(before.differences).toEqual([])
      await tested.engine.settled()
      const after = await verify(database, compiled())
      expect(after.observations).toBe(before.observations + stripe.bodies.length)
      expect(after.differences).toEqual([])
    })

    test('says nothing of verdicts that a new catalog makes due anyway', async () => {
      const catalog = { ...CATALOG, policy: { renewalWindowHours: 24 } }
      const other = await openEngine(database, { catalog, at: START + DAY })
      expect((await other.engine.verify()).differences).toEqual([])
      await other.engine.rebuild()
      expect((await other.engine.verify()).differences).toEqual([])
      await other.close()
    })
  })
})

describe('a rebuild under way on postgres', () => {
  test('holds up neither intake nor reads, and readers see what was before', async () => {
    const { url, drop } = await createTestDatabase({ isMigrated: true })
    const database = openPostgres(url)
    const other = openPostgres(url)
    const stripe = newAccount('under')
    buyByCard(stripe, { customer: ada(stripe), price: PASS, metadata: ADA })
    const tested = await openEngine(database, { catalog: CATALOG, at: START + DAY })
    await tested.hold(stripe.bodies.splice(0))

    const locking = gated(other, (text) => text === LOCK_LINKS)
    const rebuilt = rebuild(locking.database, {
      catalog: compiled(),
      now: async () => START + DAY,
      readHold: async () => null,
    })
    await locking.reached

    expect((await tested.engine.access('ada')).features['exports']).toMatchObject({ allowed: true })
    stripe.wait(DAY)
    createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO }] })
    await tested.post(stripe.bodies)
    // Due, but nobody can decide it now: it is answered all the same, and not served.
    tested.clock.at = START + 40 * DAY
    const late = await tested.engine.access('ada')
    expect(late.features['exports']).toMatchObject({ allowed: false, state: 'ended' })
    expect((await tested.engine.health()).pending).toBe(stripe.bodies.length)

    locking.open()
    expect(await rebuilt).toMatchObject({ changes: 0 })
    await tested.engine.tick()
    expect((await tested.engine.verify()).differences).toEqual([])
    await tested.close()
    await Promise.all([database.close(), other.close()])
    await drop()
  })
})

const compiled = (): Catalog => {
  const result = compileCatalog(CATALOG)
  if (!result.ok) throw new Error('The catalog of the stories has problems.')
  return result.catalog
}

function newAccount(prefix: string): Account {
  return new Account({ shape: 'basil', prefix, start: START })
}

/** Every derived table, rows in an order that does not depend on how they were written. */
async function everything(database: Database) {
  const facts = await database.query<{ key: string; object: string; snapshots: unknown[] }>(
    `select key, type, object, snapshots from proviso.facts order by key, type, object`,
  )
  const links = await database.query(
    'select account, livemode, object, parent from proviso.links order by 1, 2, 3',
  )
  const roots = await database.query(
    'select account, livemode, customer, root from proviso.customer_roots order by 1, 2, 3, 4',
  )
  const customers = [...(await storedVerdicts(database)).values()].map(
    ({ id, access, grants, needs, alerts }) => ({ id, access, grants, needs, alerts }),
  )
  return { facts: facts.rows, links: links.rows, roots: roots.rows, customers }
}
