import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sampleCatalog } from '../../src/cli/sample/catalog.ts'
import { sampleStory } from '../../src/cli/sample/story.ts'
import { createProviso } from '../../src/index.ts'
import type { Proviso } from '../../src/index.ts'
import { createTestDatabase } from '../support/database.ts'
import { eventBody, signedRequest, WEBHOOK_SECRET } from '../support/signed-event.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let proviso: Proviso

beforeAll(async () => {
  database = await createTestDatabase({ isMigrated: true })
  proviso = createProviso({
    database: database.url,
    catalog: sampleCatalog,
    webhookSecrets: [WEBHOOK_SECRET],
    livemode: false,
  }) as Proviso
  await proviso.start()
  const [purchase] = await sampleStory('Storybad', Math.floor(Date.now() / 1000) - 600)
  const bought = purchase?.events ?? []
  for (const event of bought) await proviso.fetch(signedRequest(JSON.stringify(event)))
  await (await proviso.engine()).settled()
})

afterAll(async () => {
  await proviso.close()
  await database.drop()
})

const subscription = (fields: object): object => ({
  id: 'sub_odd',
  object: 'subscription',
  customer: 'cus_odd',
  status: 'active',
  items: { object: 'list', data: [], has_more: false },
  metadata: { customer_id: 'odd' },
  ...fields,
})

function nested(depth: number): object {
  return depth === 0 ? {} : { deeper: nested(depth - 1) }
}

/** Signed by the right secret, and yet not what anybody expects. */
const oddEvents: Record<string, string> = {
  'of an unknown type': eventBody({
    id: 'evt_odd1',
    type: 'quantum.entangled',
    object: { id: 'q' },
  }),
  'with an unknown status': eventBody({
    id: 'evt_odd2',
    type: 'customer.subscription.updated',
    object: subscription({ status: 'hibernating' }),
  }),
  'with a field of another type': eventBody({
    id: 'evt_odd3',
    type: 'customer.subscription.updated',
    object: subscription({ items: 'many', current_period_end: 'soon', metadata: [1] }),
  }),
  'with an object 40 levels deep': eventBody({
    id: 'evt_odd4',
    type: 'customer.subscription.updated',
    object: subscription({ metadata: { customer_id: 'odd' }, extra: nested(40) }),
  }),
  'with NUL characters': eventBody({
    id: 'evt_odd5',
    type: 'customer.subscription.updated',
    object: subscription({ id: 'sub_\u0000', metadata: { customer_id: 'od\u0000d' } }),
  }),
  'with lone surrogates': eventBody({
    id: 'evt_odd6',
    type: 'customer.created',
    object: { id: 'cus_odd6', object: 'customer', metadata: { customer_id: '\ud800' } },
  }),
  'with ids of 10 kB': eventBody({
    id: 'evt_odd7',
    type: 'customer.subscription.updated',
    object: subscription({
      id: `sub_${'x'.repeat(10_000)}`,
      customer: `cus_${'y'.repeat(10_000)}`,
      metadata: { customer_id: 'z'.repeat(10_000) },
    }),
  }),
  'without an object':
    '{"id":"evt_odd8","object":"event","type":"invoice.paid","created":1760000000,"livemode":false,"data":{}}',
  'with __proto__ keys':
    '{"id":"evt_odd9","object":"event","type":"customer.created","created":1760000000,"livemode":false,"data":{"object":{"id":"cus_odd9","object":"customer","metadata":{"__proto__":"x","customer_id":"constructor"}}}}',
  'of live mode': eventBody({ id: 'evt_odd10', livemode: true }),
}

describe('a signed event that is odd', () => {
  test.each(Object.entries(oddEvents))(
    '%s is durable, answered 200 and kept raw',
    async (_, body) => {
      const response = await proviso.fetch(signedRequest(body))

      expect(response.status).toBe(200)
      const id = /"id":"(evt_odd\d+)"/.exec(body)?.[1] ?? ''
      const stored = await (await proviso.engine()).event(id)
      expect(stored?.body).toEqual(JSON.parse(body))
    },
  )

  test('never keeps others from being settled, nor changes what they may use', async () => {
    const engine = await proviso.engine()
    await engine.settled()

    const health = await engine.health()
    const verified = await engine.verify()

    expect(health).toMatchObject({ isReady: true, pending: 0 })
    expect(await proviso.check({ customer: 'ada', feature: 'export' })).toMatchObject({
      allowed: true,
      state: 'active',
    })
    expect(await proviso.check({ customer: 'odd', feature: 'export' })).toMatchObject({
      allowed: false,
    })
    expect(verified.differences).toEqual([])
  })
})

test('an event id of 10 kB is refused with what is wrong, and nothing is stored', async () => {
  const response = await proviso.fetch(
    signedRequest(eventBody({ id: `evt_${'x'.repeat(10_000)}` })),
  )

  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { code: 'event_invalid' } })
})
