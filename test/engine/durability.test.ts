/** What cannot be understood is kept raw, changes nothing and holds nobody up (laws 1 and 5). */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/store/database.ts'
import { testDatabases } from '../support/database.ts'
import {
  allChanges,
  bare,
  emptyDatabase,
  openEngine,
  storedVerdicts,
  type TestEngine,
} from '../support/engine.ts'
import { CATALOG, LIFETIME, PRO } from '../support/stories/catalogs.ts'
import { ada, ADA, BOB, START } from '../support/stories/story.ts'
import {
  Account,
  type Body,
  buyByCard,
  createByCard,
  Customer,
  DAY,
  type Json,
} from '../support/stripe/index.ts'

const NOW = START + DAY

describe.each(testDatabases)('what is durable on $name', ({ open }) => {
  let database: Database
  let tested: TestEngine
  let stripe: Account
  beforeAll(async () => {
    database = await open()
  })
  beforeEach(async () => {
    await emptyDatabase(database)
    stripe = new Account({ shape: 'basil', prefix: 'kept', start: START })
    createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO, quantity: 3 }] })
    tested = await openEngine(database, { catalog: CATALOG, at: NOW })
    await tested.hold(stripe.bodies.splice(0))
  })
  afterEach(async () => {
    expect((await tested.engine.verify()).differences).toEqual([])
    expect((await tested.engine.rebuild()).changes).toBe(0)
    expect((await tested.engine.verify()).differences).toEqual([])
    await tested.close()
  })
  afterAll(() => database.close())

  const access = async (customer: string) => (await tested.engine.access(customer)).features

  describe('one observation that the database refuses', () => {
    beforeEach(async () => {
      await database.query(
        `create function refuse() returns trigger language plpgsql as
           $$ begin raise exception using errcode = '22000', message = 'a value out of its mind'; end $$;
         create trigger refuse before insert or update on proviso.facts for each row
           when (new.object = 'sub_poison1') execute function refuse()`,
      )
      return () =>
        database.query('drop trigger if exists refuse on proviso.facts; drop function refuse')
    })

    test('is set aside with its reason, while its neighbours settle and it can be tried again', async () => {
      const other = new Account({ shape: 'basil', prefix: 'poison', start: START })
      const customer = new Customer(other)
      createByCard(other, { customer, items: [{ price: PRO }], metadata: BOB })
      const { subscription } = createByCard(stripe, {
        customer: new Customer(stripe),
        items: [{ price: PRO, quantity: 2 }],
        metadata: ADA,
      })
      const mixed = other.bodies.flatMap((body, index) => [
        ...stripe.bodies.splice(0, index + 2),
        body,
      ])
      await tested.hold([...mixed, ...stripe.bodies.splice(0)])

      expect(await tested.engine.health()).toMatchObject({ pending: 0 })
      expect((await access('ada'))['seats']).toMatchObject({ state: 'active', value: 5 })
      expect(await problems()).toEqual([
        {
          id: 'evt_poison1',
          problem: expect.stringMatching(/^unsettleable: .*out of its mind/) as string,
        },
      ])
      expect(await tested.engine.event('evt_poison1')).toMatchObject({
        isPending: false,
        body: other.bodies[0],
      })
      expect(tested.complaints.map(({ message }) => message)).toEqual([
        'a batch could not be settled; its rows go one by one',
        'an observation could not be settled and is set aside',
      ])
      expect((await tested.engine.verify()).differences).toEqual([])

      // What the event says of others in the same batch was never in doubt: nor is what comes next.
      stripe.wait(60)
      subscription.update({ items: subscription.withQuantity(1) })
      await tested.hold(stripe.bodies)
      expect((await access('ada'))['seats']).toMatchObject({ allowed: true })

      // A rebuild that meets the same fault leaves it aside; once mended, it counts.
      expect((await tested.engine.rebuild()).changes).toBe(0)
      expect(await problems()).toHaveLength(1)
      await database.query('drop trigger refuse on proviso.facts')
      await tested.engine.rebuild()
      expect(await problems()).toEqual([])
      expect((await access('bob'))['reports']).toMatchObject({ state: 'active' })
    })

    test('is set aside also when it comes alone', async () => {
      const other = new Account({ shape: 'basil', prefix: 'poison', start: START })
      createByCard(other, { customer: ada(other), items: [{ price: PRO }] })
      for (const body of other.bodies) await tested.hold([body])
      expect((await problems()).map(({ id }) => id)).toEqual(['evt_poison2'])
    })
  })

  test('two objects that refer to each other in a circle hold nobody up', async () => {
    const { payment } = buyByCard(stripe, { customer: null, price: LIFETIME, metadata: BOB })
    const [first, second] = [payment.refund(100), payment.refund(100)].map(({ id }) =>
      stripe.bodies.find((body) => JSON.stringify(body).includes(`"id":"${id}"`)),
    )
    await tested.hold([
      withFields(first, { charge: 're_kept2', payment_intent: null }),
      withFields(second, { charge: 're_kept1', payment_intent: null }),
      ...stripe.bodies.filter(({ type }) => !type.startsWith('refund.')),
    ])
    expect(await tested.engine.health()).toMatchObject({ pending: 0 })
    expect((await access('bob'))['reports']).toMatchObject({ allowed: true })
  })

  test('a chain of references longer than any of Stripe holds nobody up', async () => {
    const { payment } = buyByCard(stripe, { customer: null, price: LIFETIME, metadata: BOB })
    const { id } = payment.refund(100)
    const refund = stripe.bodies.find((body) => JSON.stringify(body).includes(`"id":"${id}"`))
    const chain = Array.from({ length: 14 }, (_, index) => ({
      ...withFields(refund, {
        id: `re_chain${index}`,
        charge: `re_chain${index + 1}`,
        payment_intent: null,
      }),
      id: `evt_chain${index}`,
    }))
    for (const body of chain.toReversed()) await tested.hold([body])
    expect(await tested.engine.health()).toMatchObject({ pending: 0 })
  })

  const oddities: {
    what: string
    odd: (event: Body) => Body
    /** How a person learns of it; absent: by the observation's problem. */
    shows?: 'alert' | 'nowhere'
  }[] = [
    {
      what: 'an unknown status',
      odd: (event) => withFields(event, { status: 'frobnicated' }),
      shows: 'alert',
    },
    { what: 'a status that is a number', odd: (event) => withFields(event, { status: 7 }) },
    { what: 'no status', odd: (event) => withFields(event, { status: undefined }) },
    { what: 'items that are a text', odd: (event) => withFields(event, { items: 'none' }) },
    {
      what: 'items that hold null',
      odd: (event) => withFields(event, { items: { data: [null] } }),
    },
    { what: 'a customer that is a list', odd: (event) => withFields(event, { customer: ['x'] }) },
    {
      what: 'a trial end that is a text',
      odd: (event) => withFields(event, { trial_end: 'soon' }),
    },
    { what: 'a NUL in its id', odd: (event) => withFields(event, { id: 'sub_\u0000' }) },
    {
      what: 'an id of 10 kB',
      odd: (event) => withFields(event, { id: `sub_${'x'.repeat(10_240)}` }),
    },
    { what: 'an id that is a list', odd: (event) => withFields(event, { id: ['sub_kept1'] }) },
    { what: 'no object at all', odd: (event) => ({ ...event, data: null }) as unknown as Body },
    {
      what: 'a list for an object',
      odd: (event) => ({ ...event, data: { object: [] } }) as unknown as Body,
    },
    {
      what: 'another kind of object',
      odd: (event) => withFields(event, { object: 'plan.thing' }),
      shows: 'nowhere',
    },
    {
      what: 'an unknown type',
      odd: (event) => ({ ...withFields(event, { object: 'gizmo' }), type: 'gizmo.turned' }) as Body,
      shows: 'nowhere',
    },
  ]

  test.each(oddities)('an event with $what keeps the last verdict', async ({ odd, shows }) => {
    const before = await bareAccess('ada')
    await tested.hold([odd(later('evt_odd'))])

    expect(await tested.engine.health()).toMatchObject({ pending: 0 })
    expect(await bareAccess('ada')).toEqual(before)
    expect(await tested.engine.event('evt_odd')).toMatchObject({ id: 'evt_odd', isPending: false })
    expect((await problems()).map(({ id }) => id)).toEqual(shows === undefined ? ['evt_odd'] : [])
    const { alerts } = await tested.engine.access('ada')
    expect(alerts.map(({ code }) => code)).toEqual(shows === 'alert' ? ['unknown_status'] : [])
    expect(tested.complaints).toEqual([])
  })

  test.each<{ what: string; fields: Json }>([
    {
      what: 'NUL and half characters in metadata',
      fields: { metadata: { 'a\u0000': 'b\u0000\ud800', customer_id: 'ada' } },
    },
    {
      what: 'an object nested 40 deep',
      fields: { metadata: { customer_id: 'ada' }, nested: nested(40) },
    },
    { what: 'an object nested 4,000 deep', fields: { nested: nested(4000) } },
    {
      what: 'names that every object has',
      fields: { ['__proto__']: { status: 'canceled' }, constructor: 'x', toString: 'y' },
    },
    { what: 'a metadata value of 10 kB', fields: { metadata: { note: 'x'.repeat(10_240) } } },
    {
      what: 'an app customer id that cannot be one',
      fields: { metadata: { customer_id: ' \u0000 ' } },
    },
  ])('an event with $what counts like any other', async ({ fields }: { fields: Json }) => {
    const before = await bareAccess('ada')
    await tested.hold([withFields(later('evt_odd'), fields)])

    expect(await tested.engine.health()).toMatchObject({ pending: 0 })
    expect(await problems()).toEqual([])
    expect(await bareAccess('ada')).toEqual(before)
    expect(tested.complaints).toEqual([])
  })

  test('raw bodies are never touched, whatever becomes of them', async () => {
    const text =
      '{ "id":"evt_raw" , "type":"customer.subscription.updated","x":"\\u0000\\ud800 \u00e9" }'
    const body = new TextEncoder().encode(text)
    const row = { account: '', livemode: false, id: 'evt_raw', type: 'any.type', created: NOW }
    await tested.engine.ingest({ ...row, body })
    await tested.engine.settled()
    await tested.engine.rebuild()
    const { rows } = await database.query<{ body: Uint8Array }>(
      `select body from proviso.observations where id = 'evt_raw'`,
    )
    expect(rows.map((found) => new TextDecoder().decode(found.body))).toEqual([text])
  })

  test('a body that is no JSON is kept and tells nothing', async () => {
    const row = {
      account: '',
      livemode: false,
      id: 'evt_x',
      type: 'customer.updated',
      created: NOW,
    }
    await tested.engine.ingest({ ...row, body: new Uint8Array([0, 255, 123]) })
    await tested.engine.settled()
    expect((await problems()).map(({ id }) => id)).toEqual(['evt_x'])
  })

  test('what waits for what it refers to is nobody’s, and is kept', async () => {
    const { payment } = buyByCard(stripe, { customer: null, price: LIFETIME })
    stripe.bodies.splice(0)
    payment.refund()
    await tested.hold(stripe.bodies.filter(({ type }) => type.startsWith('refund.')))
    expect([...(await storedVerdicts(database)).keys()]).toEqual(['ada'])
    expect(await tested.engine.health()).toMatchObject({ pending: 0, openNeeds: 1 })
    expect((await allChanges(tested.engine)).every(({ customer }) => customer === 'ada')).toBe(true)
  })

  /** A later event of Ada's subscription that changes nothing. */
  function later(id: string): Body {
    const event: Body = {
      id,
      object: 'event',
      api_version: '2026-10-28.endive',
      created: START + 3600,
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type: 'customer.subscription.updated',
      data: { object: subscriptionObject },
    }
    return event
  }

  async function bareAccess(customer: string) {
    return Object.entries(await access(customer)).map(([name, found]) => [name, bare(found)])
  }

  async function problems(): Promise<{ id: string; problem: string }[]> {
    const { rows } = await database.query<{ id: string; problem: string }>(
      'select id, problem from proviso.observations where problem is not null order by seq',
    )
    return rows
  }
})

/** Ada's subscription as Stripe shows it. */
const subscriptionObject: Json = (() => {
  const stripe = new Account({ shape: 'basil', prefix: 'kept', start: START })
  createByCard(stripe, { customer: ada(stripe), items: [{ price: PRO, quantity: 3 }] })
  const created = stripe.bodies.find(({ type }) => type === 'customer.subscription.created')
  if (created?.object !== 'event') throw new Error('The subscription was never told of.')
  return created.data.object
})()

function withFields(body: Body | undefined, fields: Json): Body {
  if (body?.object !== 'event') throw new Error('There is no such event.')
  return { ...body, data: { ...body.data, object: { ...body.data.object, ...fields } } }
}

function nested(depth: number): Json {
  let value: Json = { leaf: true }
  for (let level = 0; level < depth; level += 1) value = { value }
  return value
}
