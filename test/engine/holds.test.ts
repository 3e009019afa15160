/** When nobody was listening, or very many would lose at once, the clock alone takes nothing away. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createEngine } from '../../src/engine/create-engine.ts'
import type { Database } from '../../src/store/database.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { LOCK_CUSTOMERS, lockCustomers } from '../../src/store/statements/customers.ts'
import type { EventEnvelope } from '../../src/stripe/envelope.ts'
import type { Reader } from '../../src/stripe/reads.ts'
import { createTestDatabase, testDatabases } from '../support/database.ts'
import {
  allChanges,
  emptyDatabase,
  openEngine,
  told,
  type TestEngine,
  type TestEngineOptions,
} from '../support/engine.ts'
import { gated } from '../support/gate.ts'
import { CATALOG, PASS } from '../support/stories/catalogs.ts'
import { ada, ADA, START } from '../support/stories/story.ts'
import {
  Account,
  type Body,
  buyByCard,
  Customer,
  DAY,
  HOUR,
  isEvent,
} from '../support/stripe/index.ts'

const OUTAGE = { outageAfterSeconds: 900 }
/** The passes of these tests end here by the clock. */
const END = START + 30 * DAY
const GIFT = { customer: 'ada', feature: 'reports', id: 'gift' }
const BOUND = { timeout: 30_000, interval: 20 }

describe.each(testDatabases)('holds on $name', ({ open }) => {
  let database: Database
  let tested: TestEngine | null = null
  beforeAll(async () => {
    database = await open()
  })
  beforeEach(() => emptyDatabase(database))
  afterEach(async () => {
    const last = await restart(database, { at: START })
    expect((await last.engine.verify()).differences).toEqual([])
    await last.close()
    tested = null
  })
  afterAll(() => database.close())

  /** The process ends, and another begins at that second. */
  async function restart(
    on: Database,
    options: Omit<TestEngineOptions, 'catalog'> & Partial<Pick<TestEngineOptions, 'catalog'>>,
  ): Promise<TestEngine> {
    await tested?.close()
    tested = await openEngine(on, { catalog: CATALOG, ...options })
    return tested
  }

  const exportsOf = async ({ engine }: TestEngine, customer = 'ada') =>
    (await engine.access(customer)).features['exports']

  async function sellPass(at: number, options: Partial<TestEngineOptions> = OUTAGE) {
    const first = await restart(database, { at, ...options })
    const stripe = newAccount('pass')
    const { payment } = buyByCard(stripe, { customer: ada(stripe), price: PASS, metadata: ADA })
    await first.hold(stripe.bodies.splice(0))
    await first.engine.tick()
    return { stripe, payment, position: (await first.engine.health()).position }
  }

  test('an outage keeps what the clock would have ended meanwhile, for so many hours', async () => {
    const { position } = await sellPass(END - HOUR)

    const back = await restart(database, { at: END + HOUR, ...OUTAGE })
    expect(await back.engine.tick()).toMatchObject({ woken: 1 })
    const until = END + HOUR + 72 * HOUR
    const held = { cause: 'outage', from: END - HOUR, until }
    expect((await back.engine.health()).hold).toEqual(held)
    expect(await exportsOf(back)).toMatchObject({ state: 'active', until })
    expect((await exportsOf(back))?.reasons[0]).toMatchObject({ code: 'outage_hold' })
    expect((await back.engine.verify()).differences).toEqual([])

    for (let at = END + HOUR; at < until; at += 10 * 60) {
      back.clock.at = at
      await back.engine.tick()
    }
    expect(await exportsOf(back)).toMatchObject({ state: 'active' })
    back.clock.at = until
    await back.engine.tick()
    expect((await back.engine.health()).hold).toBeNull()
    expect(await exportsOf(back)).toMatchObject({ state: 'ended' })
    expect((await changesAfter(back, position)).map(told)).toEqual([
      'ada/exports active → active (clock)',
      'ada/exports active → ended (clock)',
    ])
  })

  test('a short silence is no outage', async () => {
    await sellPass(END - 10)
    const back = await restart(database, { at: END + 890, ...OUTAGE })
    await back.engine.tick()
    expect((await back.engine.health()).hold).toBeNull()
    expect(await exportsOf(back)).toMatchObject({ state: 'ended' })
  })

  test('what was over before the outage stays over', async () => {
    const { position } = await sellPass(END - HOUR)
    tested = await tickEvery(tested, END - HOUR, END + HOUR)
    const back = await restart(database, { at: END + DAY, ...OUTAGE })
    await back.engine.tick()
    expect((await back.engine.health()).hold).not.toBeNull()
    expect(await exportsOf(back)).toMatchObject({ state: 'ended' })
    expect((await changesAfter(back, position)).map(told)).toEqual([
      'ada/exports active → ended (clock)',
    ])
  })

  test('what Stripe says counts at once, also during the hold', async () => {
    const { stripe, payment } = await sellPass(END - HOUR)
    const back = await restart(database, { at: END + HOUR, ...OUTAGE })
    await back.engine.tick()
    expect(await exportsOf(back)).toMatchObject({ allowed: true })

    stripe.until(END + HOUR)
    payment.refund()
    await back.hold(stripe.bodies)
    expect(await exportsOf(back)).toMatchObject({ state: 'ended' })
  })

  test('a hold that ran out while nobody was there is not revived by the next outage', async () => {
    await sellPass(END - HOUR)
    const back = await restart(database, { at: END + HOUR, ...OUTAGE })
    await back.engine.tick()
    expect(await exportsOf(back)).toMatchObject({ allowed: true, until: END + 73 * HOUR })

    const later = await restart(database, { at: END + 20 * DAY, ...OUTAGE })
    await later.engine.tick()
    expect(await exportsOf(later)).toMatchObject({ state: 'ended' })
    expect((await later.engine.health()).hold).toMatchObject({ from: END + HOUR })
  })

  test('a hold ends as soon as the gap is covered by what Stripe lists', async () => {
    const { stripe, position } = await sellPass(END - HOUR)
    // A second pass was bought while nobody listened.
    stripe.until(END - 60)
    buyByCard(stripe, { customer: new Customer(stripe), price: PASS, metadata: ADA })
    buyByCard(stripe, {
      customer: new Customer(stripe),
      price: PASS,
      metadata: { customer_id: 'bob' },
    })
    const reads = stripe.bodies.filter((body) => !isEvent(body))
    const listed = stripe.bodies.filter(isEvent).map(envelope)
    const asked: number[] = []
    const reader = readerOf(async function* (since) {
      asked.push(since)
      yield* listed
    })

    const back = await restart(database, { at: END + HOUR, stripe: reader, ...OUTAGE })
    await back.post(reads)
    await back.engine.tick()
    expect(asked).toEqual([END - HOUR])
    expect((await back.engine.health()).hold).toBeNull()
    expect(await exportsOf(back)).toMatchObject({ state: 'active', until: END + 30 * DAY })
    expect(await exportsOf(back, 'bob')).toMatchObject({ state: 'active' })
    const causes = (await changesAfter(back, position)).map(({ cause }) => cause)
    expect(causes).not.toContain('clock')
  })

  test('a resident process covers the gap in the background', async () => {
    const { position } = await sellPass(END - HOUR)
    let answer = (): void => {}
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    const reader = readerOf(async function* () {
      await answered
    })
    const back = await restart(database, { at: END + HOUR, stripe: reader, ...OUTAGE })
    await back.engine.start()
    expect(await exportsOf(back)).toMatchObject({ allowed: true })

    answer()
    await vi.waitFor(async () => {
      expect((await changesAfter(back, position)).at(-1)?.after).toMatchObject({ state: 'ended' })
    }, BOUND)
    expect((await back.engine.health()).hold).toBeNull()
  })

  test('a process that was cut off or suspended holds as well, whoever comes first', async () => {
    const { position } = await sellPass(END - HOUR)
    const { engine, clock } = tested as TestEngine
    await engine.start()
    clock.at = END + HOUR
    // A read comes before the process has noticed.
    const until = END + HOUR + 72 * HOUR
    expect(await exportsOf(tested as TestEngine)).toMatchObject({ allowed: true, until })
    await engine.tick()
    expect((await engine.health()).hold).toEqual({ cause: 'outage', from: END - HOUR, until })
    expect((await changesAfter(tested as TestEngine, position)).map(told)).toEqual([
      'ada/exports active → active (clock)',
    ])
  })

  test('a gap that one process could not cover is covered by the next', async () => {
    await sellPass(END - HOUR)
    const away = readerOf(async function* () {
      throw new Error('Stripe is away.')
    })
    const first = await restart(database, { at: END + HOUR, stripe: away, ...OUTAGE })
    await first.engine.tick()

    const asked: number[] = []
    const answering = readerOf(async function* (since) {
      asked.push(since)
    })
    const next = await restart(database, { at: END + HOUR + 60, stripe: answering, ...OUTAGE })
    await next.engine.tick()
    await next.engine.tick()
    expect(asked).toEqual([END - HOUR])
    expect((await next.engine.health()).hold).toBeNull()
    expect(await exportsOf(next)).toMatchObject({ state: 'ended' })
  })

  test.each([
    {
      what: 'an event is settled',
      first: async ({ hold }: TestEngine, stripe: Account) => {
        new Customer(stripe, { metadata: ADA }).emit('customer.created')
        await hold(stripe.bodies)
      },
    },
    { what: 'a person grants', first: ({ engine }: TestEngine) => engine.grant(GIFT) },
    { what: 'everything is rebuilt', first: ({ engine }: TestEngine) => engine.rebuild() },
    { what: 'everyone due is woken', first: ({ engine }: TestEngine) => engine.tick() },
  ])(
    'no clock takes anything before the silence is noticed, when $what first',
    async ({ first }) => {
      const { stripe, position } = await sellPass(END - HOUR)
      const { engine, clock } = tested as TestEngine
      stripe.until(END + HOUR)
      clock.at = END + HOUR
      await first(tested as TestEngine, stripe)

      const until = END + HOUR + 72 * HOUR
      expect((await engine.health()).hold).toEqual({ cause: 'outage', from: END - HOUR, until })
      expect(await exportsOf(tested as TestEngine)).toMatchObject({ state: 'active', until })
      const changes = await changesAfter(tested as TestEngine, position)
      expect(changes.filter(({ after }) => !after.allowed)).toEqual([])
      expect((await engine.verify()).differences).toEqual([])
    },
  )

  test('one silence is held once, also where only reads come and nobody listens again', async () => {
    const { position } = await sellPass(END - HOUR)
    const { clock } = tested as TestEngine
    clock.at = END + HOUR
    const until = END + HOUR + 72 * HOUR
    expect(await exportsOf(tested as TestEngine)).toMatchObject({ state: 'active', until })
    clock.at = until
    expect(await exportsOf(tested as TestEngine)).toMatchObject({ state: 'ended' })
    clock.at = until + 30 * DAY
    expect(await exportsOf(tested as TestEngine)).toMatchObject({ state: 'ended' })
    expect((await changesAfter(tested as TestEngine, position)).map(told)).toEqual([
      'ada/exports active → active (clock)',
      'ada/exports active → ended (clock)',
    ])
  })

  test('a command beside a service knows from which silence on it is an outage', async () => {
    await sellPass(END - HOUR)
    const { engine } = tested as TestEngine
    await engine.start()
    const command = await createEngine({
      database,
      catalog: CATALOG,
      mode: 'command',
      livemode: false,
      now: () => END + HOUR,
    })
    const { features } = await command.access('ada')
    expect(features['exports']).toMatchObject({ state: 'active', until: END + 73 * HOUR })
    // It only reads: the hold is for the service to write.
    expect((await command.health()).hold).toBeNull()
    await command.close()
  })

  test('a gap that cannot be covered leaves the hold in force', async () => {
    await sellPass(END - HOUR)
    const reader = readerOf(async function* () {
      throw new Error('Stripe is away.')
    })
    const back = await restart(database, { at: END + HOUR, stripe: reader, ...OUTAGE })
    await back.engine.tick()
    expect((await back.engine.health()).hold).toMatchObject({ cause: 'outage' })
    expect(await exportsOf(back)).toMatchObject({ allowed: true })
    expect(back.complaints.map(({ message }) => message)).toContain(
      'the gap could not be covered; the hold stays until its time is up',
    )
  })

  describe('the breaker', () => {
    const breaker = { share: 0.2, minimum: 20, window: 600 }
    const customers = Array.from({ length: 60 }, (_, index) => `app_${index}`)

    /** All passes end in the same second, but for those of the customers left out. */
    async function sellPasses(names: readonly string[]): Promise<{ position: number; at: number }> {
      const first = await restart(database, { at: START + DAY, breaker })
      const stripe = newAccount('passes')
      for (const name of names) {
        const customer = new Customer(stripe)
        buyByCard(stripe, { customer, price: PASS, metadata: { customer_id: name } })
      }
      await first.hold(stripe.bodies)
      return { position: (await first.engine.health()).position, at: stripe.now + 30 * DAY }
    }

    test('holds when too many would lose at once, and lets it happen when released', async () => {
      const { position, at } = await sellPasses(customers)
      const { engine, clock, complaints } = tested as TestEngine
      clock.at = at + 1
      await engine.tick()

      expect(await changesAfter(tested as TestEngine, position)).toEqual([])
      expect((await engine.health()).hold).toMatchObject({ cause: 'breaker', until: null })
      expect(complaints.splice(0).map(({ message }) => message)).toEqual([
        expect.stringContaining('the breaker is open'),
      ])
      expect((await engine.verify()).differences).toEqual([])
      expect(await exportsOf(tested as TestEngine, 'app_7')).toMatchObject({ allowed: true })
      // Looked at again and again, it stays so.
      for (let count = 1; count <= 4; count += 1) {
        clock.at = at + 1 + count * 200
        await engine.tick()
      }
      expect(await exportsOf(tested as TestEngine, 'app_7')).toMatchObject({ allowed: true })
      expect((await engine.verify()).differences).toEqual([])

      expect(await engine.releaseBreaker()).toEqual({ released: true })
      expect((await engine.health()).hold).toBeNull()
      const losses = (await changesAfter(tested as TestEngine, position)).filter(
        ({ after }) => !after.allowed,
      )
      expect(losses.map(({ customer }) => customer).sort()).toEqual(customers.toSorted())
      expect(new Set(losses.map(({ cause }) => cause))).toEqual(new Set(['clock']))
      expect((await engine.verify()).differences).toEqual([])
      expect(await engine.releaseBreaker()).toEqual({ released: false })
    })

    test('lets it happen at once when released before anyone was looked at again', async () => {
      const { position, at } = await sellPasses(customers)
      const { engine, clock } = tested as TestEngine
      clock.at = at + 1
      await engine.tick()
      await engine.releaseBreaker()

      expect((await changesAfter(tested as TestEngine, position)).map(told).sort()).toEqual(
        customers.map((name) => `${name}/exports active → ended (clock)`).sort(),
      )
    })

    test('keeps nobody whom an event ends, and gives what is new', async () => {
      const { position, at } = await sellPasses(customers)
      const { engine, clock } = tested as TestEngine
      clock.at = at + 1
      await engine.tick()

      const stripe = newAccount('event')
      stripe.until(at)
      const customer = new Customer(stripe)
      const metadata = { customer_id: 'newcomer' }
      const { payment } = buyByCard(stripe, { customer, price: PASS, metadata })
      await (tested as TestEngine).hold(stripe.bodies.splice(0))
      payment.refund()
      await (tested as TestEngine).hold(stripe.bodies)
      // Event and read of the purchase come at once: either may be what is named as the cause.
      const changes = await changesAfter(tested as TestEngine, position)
      expect(changes.map(({ customer, after }) => `${customer} ${after.state}`)).toEqual([
        'newcomer active',
        'newcomer ended',
      ])
    })

    test('does not open for a few, or for a small share', async () => {
      const { position, at } = await sellPasses(customers.slice(0, 19))
      const { engine, clock } = tested as TestEngine
      clock.at = at + 1
      await engine.tick()
      expect((await engine.health()).hold).toBeNull()
      expect(await changesAfter(tested as TestEngine, position)).toHaveLength(19)
    })

    test('holds also what ended long before a late wake', async () => {
      const { position, at } = await sellPasses(customers)
      const { engine, clock } = tested as TestEngine
      clock.at = at + 5 * HOUR
      await engine.tick()
      expect(await changesAfter(tested as TestEngine, position)).toEqual([])
      expect(await exportsOf(tested as TestEngine, 'app_7')).toMatchObject({ allowed: true })
    })

    test('counts those who lost in the rounds before', async () => {
      const { at } = await sellPasses(customers)
      const { engine, clock } = tested as TestEngine
      // Their passes end one after the other, two seconds apart.
      let seen = 0
      for (let second = at - 2 * customers.length; second <= at + 1; second += 2) {
        clock.at = second
        await engine.tick()
        seen += 1
        if ((await engine.health()).hold !== null) break
      }
      expect(seen).toBeGreaterThan(10)
      expect((await engine.health()).hold).toMatchObject({ cause: 'breaker' })
      const lost = (await allChanges(engine)).filter(({ after }) => after.state === 'ended')
      expect(lost).toHaveLength(19)
    })

    test('holds when a new catalog would take it from too many', async () => {
      const { position } = await sellPasses(customers)
      const catalog = { features: CATALOG.features, products: {} }
      const next = await restart(database, {
        at: START + DAY,
        breaker,
        catalog,
        mode: 'serverless',
      })
      await next.engine.tick()
      expect((await next.engine.health()).hold).toMatchObject({ cause: 'breaker' })
      expect(await changesAfter(next, position)).toEqual([])
      expect(await exportsOf(next, 'app_3')).toMatchObject({ allowed: true })

      await next.engine.releaseBreaker()
      expect((await changesAfter(next, position)).map(told).sort()).toEqual(
        customers.map((name) => `${name}/exports active → none (catalog)`).sort(),
      )
      expect((await next.engine.verify()).differences).toEqual([])
      // The next test's check is made with the usual catalog again.
      await emptyDatabase(database)
    })
  })

  async function tickEvery(
    engine: TestEngine | null,
    from: number,
    to: number,
  ): Promise<TestEngine> {
    if (engine === null) throw new Error('No engine is open.')
    for (let at = from; at <= to; at += 600) {
      engine.clock.at = at
      await engine.engine.tick()
    }
    return engine
  }
})

describe('holds on postgres', () => {
  let database: Database
  let drop: () => Promise<void>
  let stripe: Account
  let tested: TestEngine
  beforeAll(async () => {
    const created = await createTestDatabase({ isMigrated: true })
    drop = created.drop
    database = openPostgres(created.url)
  })
  beforeEach(async () => {
    await emptyDatabase(database)
    tested = await openEngine(database, { catalog: CATALOG, at: END - HOUR, ...OUTAGE })
    stripe = newAccount('locked')
    buyByCard(stripe, { customer: ada(stripe), price: PASS, metadata: ADA })
    await tested.hold(stripe.bodies.splice(0))
    await tested.engine.tick()
    tested.clock.at = END + HOUR
    return () => tested.close()
  })
  afterAll(async () => {
    await database.close()
    await drop()
  })

  test('a reader who cannot wait for the decision is not cut off by the clock either', async () => {
    await database.transaction(async (tx) => {
      await lockCustomers(tx, [{ account: '', livemode: false, customer: 'ada' }])
      const { features } = await tested.engine.access('ada')
      expect(features['exports']).toMatchObject({ state: 'active', until: END + 73 * HOUR })
    })
  })

  test('a decision begun under a hold that ends meanwhile is made anew', async () => {
    await tested.engine.tick()
    const deciding = gated(database, (text) => text === LOCK_CUSTOMERS)
    const at = END + HOUR + 60
    const slow = await openEngine(deciding.database, { catalog: CATALOG, at, ...OUTAGE })
    new Customer(stripe, { metadata: ADA }).emit('customer.created')
    await slow.post(stripe.bodies)
    const settled = slow.engine.settled()
    await deciding.reached

    const reader = readerOf(async function* () {})
    const covering = await openEngine(database, { catalog: CATALOG, at, stripe: reader, ...OUTAGE })
    await covering.engine.tick()
    expect((await covering.engine.health()).hold).toBeNull()
    deciding.open()
    await settled
    for (const { engine } of [slow, covering]) {
      expect((await engine.access('ada')).features['exports']).toMatchObject({ state: 'ended' })
    }
    expect((await covering.engine.verify()).differences).toEqual([])
    for (const { close } of [slow, covering]) await close()
  })
})

async function changesAfter({ engine }: TestEngine, position: number) {
  return (await allChanges(engine)).filter((change) => change.position > position)
}

function newAccount(prefix: string): Account {
  return new Account({ shape: 'basil', prefix, start: START })
}

function readerOf(list: (since: number) => AsyncGenerator<EventEnvelope, void, void>): Reader {
  return {
    read: async () => ({ kind: 'retry', afterMs: 3_600_000, message: 'not now' }),
    listEvents: (since) => list(since),
    ready: async () => {},
  }
}

function envelope(body: Body): EventEnvelope {
  if (!isEvent(body)) throw new Error('Only events are listed.')
  const { id, type, created } = body
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  return { account: '', livemode: false, id, type, created, body: bytes }
}
