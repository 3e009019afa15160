import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CatalogDefinition } from '../../src/core/catalog.ts'
import type { Database } from '../../src/store/database.ts'
import { testDatabases } from '../support/database.ts'
import {
  allChanges,
  emptyDatabase,
  openEngine,
  storedVerdicts,
  told,
  type TestEngine,
} from '../support/engine.ts'
import { CATALOG, PASS, PRO } from '../support/stories/catalogs.ts'
import { ada, ADA, BOB, FEBRUARY, START } from '../support/stories/story.ts'
import {
  Account,
  type Body,
  buyByCard,
  createByCard,
  Customer,
  DAY,
  HOUR,
  MINUTE,
  renew,
  startTrial,
} from '../support/stripe/index.ts'
import { clockAt, onTestClock } from '../support/test-clock.ts'

describe.each(testDatabases)('the clock on $name', ({ open }) => {
  let database: Database
  let tested: TestEngine
  beforeAll(async () => {
    database = await open()
  })
  beforeEach(async () => {
    await emptyDatabase(database)
    tested = await openEngine(database, { catalog: CATALOG, at: START })
  })
  afterEach(async () => {
    const { differences } = await tested.engine.verify()
    expect(differences).toEqual([])
    await tested.close()
    expect(tested.complaints).toEqual([])
  })
  afterAll(() => database.close())

  const featureOf = async (customer: string, feature: string) =>
    (await tested.engine.access(customer)).features[feature]

  async function holdAll(bodies: readonly Body[], at: number): Promise<number> {
    tested.clock.at = at
    await tested.hold(bodies)
    return (await tested.engine.health()).position
  }

  const endings = [
    {
      what: 'a trial',
      tell: aTrial,
      before: START + 7 * DAY + HOUR,
      after: 'ada/reports trial → pending (clock)',
    },
    {
      what: 'a pass',
      tell: aPass,
      before: START + 30 * DAY,
      after: 'ada/exports active → ended (clock)',
    },
    {
      what: 'a grace',
      tell: aFailedRenewal,
      before: FEBRUARY + HOUR + 7 * DAY,
      after: 'ada/reports grace → suspended (clock)',
    },
    {
      what: 'the window of a renewal that never came',
      tell: aPaidMonth,
      before: FEBRUARY + 72 * HOUR,
      after: 'ada/reports active → suspended (clock)',
    },
  ]

  test.each(endings)('ends $what with no event', async ({ tell, before, after }) => {
    const position = await holdAll(tell(), before - 1)
    await tested.engine.tick()
    expect((await tested.engine.changes({ after: position })).changes).toEqual([])

    tested.clock.at = before
    expect(await tested.engine.tick()).toMatchObject({ woken: 1, settled: 0 })
    const { changes } = await tested.engine.changes({ after: position })
    expect(changes.map(told)).toContain(after)
    expect(
      changes.map(({ cause, decidedAt, observations }) => ({ cause, decidedAt, observations })),
    ).toEqual(changes.map(() => ({ cause: 'clock', decidedAt: before, observations: [] })))

    expect(await tested.engine.tick()).toMatchObject({ woken: 0 })
  })

  test.each(endings)('never serves $what past its end, though the wake is late', async (one) => {
    const position = await holdAll(one.tell(), one.before - 1)
    const feature = one.after.slice(one.after.indexOf('/') + 1).split(' ')[0] ?? ''
    expect(await featureOf('ada', feature)).toMatchObject({ allowed: true, until: one.before })

    tested.clock.at = one.before
    expect(await featureOf('ada', feature)).toMatchObject({ allowed: false, until: null })
    expect(await tested.engine.check({ customer: 'ada', feature })).toMatchObject({
      allowed: false,
    })
    // The read has woken the customer: it is an ordinary change already.
    const { changes } = await tested.engine.changes({ after: position })
    expect(changes.map(told)).toContain(one.after)
  })

  test('shows in plain SQL that access is over, though nobody has decided it yet', async () => {
    // Long ago by the database's own clock.
    await holdAll(aPass(), START + DAY)
    await database.query(
      `update proviso.customers set access = jsonb_set(access, '{exports,until}', '1000')`,
    )
    const { rows } = await database.query(
      `select allowed, state from proviso.access where customer = 'ada' and feature = 'exports'`,
    )
    expect(rows).toEqual([{ allowed: false, state: 'active' }])
    await database.query(
      `update proviso.customers
       set access = jsonb_set(access, '{exports,until}', to_jsonb($1::int8))`,
      [START + 30 * DAY],
    )
  })

  test('wakes many customers in order of time, and goes on where its budget ended', async () => {
    const stripe = newAccount('many')
    for (let index = 0; index < 230; index += 1) {
      const metadata = { customer_id: `app_${index}` }
      buyByCard(stripe, { customer: new Customer(stripe, { metadata }), price: PASS, metadata })
    }
    const position = await holdAll(stripe.bodies, START + DAY)
    tested.clock.at = START + 31 * DAY

    const rounds = []
    for (let left = true; left;) {
      const report = await tested.engine.tick({ budgetMs: 0 })
      rounds.push(report.woken)
      left = report.woken > 0
    }
    expect(rounds).toEqual([100, 100, 30, 0])
    const changes = (await allChanges(tested.engine)).filter((one) => one.position > position)
    expect(changes).toHaveLength(230)
    expect(new Set(changes.map(told)).size).toBe(230)
  })

  test('decides everyone anew when the catalog changes', async () => {
    const stripe = newAccount('catalog')
    createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO, quantity: 2 }] })
    createByCard(stripe, { customer: new Customer(stripe), items: [{ price: PRO }], metadata: BOB })
    const position = await holdAll(stripe.bodies, START + DAY)
    await tested.close()

    tested = await openEngine(database, { catalog: withoutSeats(), at: START + DAY })
    await tested.engine.start()
    // A read comes before the background has: it answers by the new catalog already.
    expect(Object.keys((await tested.engine.access('ada')).features)).not.toContain('seats')
    expect(await featureOf('ada', 'exports')).toMatchObject({ state: 'active' })
    await tested.engine.tick()

    const { changes } = await tested.engine.changes({ after: position })
    expect(changes.map(told).sort()).toEqual([
      'ada/exports none → active (catalog)',
      'ada/seats active → none (catalog)',
      'bob/exports none → active (catalog)',
      'bob/seats active → none (catalog)',
    ])
  })

  test('judges what is on a test clock at its frozen time, not at ours', async () => {
    const stripe = newAccount('frozen')
    createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO }] })
    const bodies = onTestClock(stripe.bodies, 'clock_1')
    const position = await holdAll([...bodies, clockAt('clock_1', START + DAY, START)], START + DAY)
    expect(await featureOf('ada', 'reports')).toMatchObject({ state: 'active', until: null })

    // A year of ours is nothing to the simulation.
    tested.clock.at = START + 365 * DAY
    expect(await tested.engine.tick()).toMatchObject({ woken: 0 })
    expect(await featureOf('ada', 'reports')).toMatchObject({ state: 'active' })

    await tested.hold([clockAt('clock_1', FEBRUARY + 73 * HOUR, START + 365 * DAY)])
    expect(await featureOf('ada', 'reports')).toMatchObject({ allowed: false })
    const { changes } = await tested.engine.changes({ after: position })
    expect(changes.map(told)).toContain('ada/reports active → suspended (event)')
    expect(changes.flatMap(({ observations }) => observations)).toContain(
      `evt_clock_1_${FEBRUARY + 73 * HOUR}`,
    )
  })

  test('moves nobody who is on another test clock, or on one of the same name in live mode', async () => {
    const stripe = newAccount('other')
    createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO }] })
    const bodies = onTestClock(stripe.bodies, 'clock_1')
    await tested.hold([...bodies, clockAt('clock_1', START + DAY, START)], { livemode: true })
    await holdAll(
      [...bodies, clockAt('clock_1', START + DAY, START), clockAt('clock_2', START, START)],
      START + DAY,
    )

    await tested.hold([clockAt('clock_2', FEBRUARY + 73 * HOUR, START + DAY)])
    expect(await featureOf('ada', 'reports')).toMatchObject({ state: 'active' })
    await tested.hold([clockAt('clock_1', FEBRUARY + 73 * HOUR, START + DAY)])
    expect(await featureOf('ada', 'reports')).toMatchObject({ allowed: false })
    const live = await tested.engine.access('ada', { livemode: true })
    expect(live.features['reports']).toMatchObject({ state: 'active' })
  })

  test('wakes the others when one customer cannot be decided', async () => {
    const stripe = newAccount('stuck')
    for (const name of ['ada', 'bob', 'cyd']) {
      const metadata = { customer_id: name }
      buyByCard(stripe, { customer: new Customer(stripe, { metadata }), price: PASS, metadata })
    }
    const position = await holdAll(stripe.bodies, START + DAY)
    await database.query(
      `create function refuse() returns trigger language plpgsql as
         $$ begin raise exception using errcode = '22000', message = 'not this one'; end $$;
       create trigger refuse before update on proviso.customers for each row
         when (new.id = 'bob' and new.access is distinct from old.access) execute function refuse()`,
    )
    tested.clock.at = START + 31 * DAY
    await tested.engine.tick()
    // Nobody is served by a verdict that cannot be replaced.
    expect(await featureOf('bob', 'exports')).toMatchObject({ allowed: false, state: 'ended' })
    await database.query('drop trigger refuse on proviso.customers; drop function refuse')

    const { changes } = await tested.engine.changes({ after: position })
    expect(changes.map(told).sort()).toEqual([
      'ada/exports active → ended (clock)',
      'cyd/exports active → ended (clock)',
    ])
    expect(tested.complaints.splice(0).map(({ message }) => message)).toEqual([
      'a customer cannot be decided anew and keeps the last verdict',
    ])
    expect((await storedVerdicts(database)).get('bob')?.wake_at).not.toBeNull()
  })
})

function newAccount(prefix: string): Account {
  return new Account({ shape: 'basil', prefix, start: START })
}

function aTrial(): Body[] {
  const stripe = newAccount('trial')
  startTrial(stripe, {
    customer: ada(stripe),
    items: [{ price: PRO }],
    trialEnd: START + 7 * DAY,
  })
  return stripe.bodies
}

function aPass(): Body[] {
  const stripe = newAccount('pass')
  buyByCard(stripe, { customer: ada(stripe), price: PASS, metadata: ADA })
  return stripe.bodies
}

function aPaidMonth(): Body[] {
  const stripe = newAccount('month')
  createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO }] })
  return stripe.bodies
}

function aFailedRenewal(): Body[] {
  const stripe = newAccount('failed')
  const { subscription } = createByCard(stripe, {
    customer: ada(stripe),
    items: [{ price: PRO }],
  })
  stripe.until(FEBRUARY)
  const invoice = renew(subscription)
  stripe.wait(HOUR)
  invoice.finalize().fail()
  subscription.update({ status: 'past_due' })
  stripe.wait(MINUTE)
  return stripe.bodies
}

/** Another catalog: plan Pro gives exports instead of seats. */
function withoutSeats(): CatalogDefinition {
  return {
    features: { reports: { type: 'flag' }, exports: { type: 'flag' } },
    products: {
      pro: { match: { prices: ['price_pro'] }, grants: { reports: true, exports: true } },
    },
  }
}
