import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createIntake, type Intake } from '../../src/engine/intake.ts'
import { backfill } from '../../src/engine/needs/backfill.ts'
import type { Database } from '../../src/store/database.ts'
import { createReader } from '../../src/stripe/reads.ts'
import { testDatabases } from '../support/database.ts'
import { eventBody } from '../support/signed-event.ts'
import { apiError, pageOf, startApiServer, type ApiServer } from '../support/stripe-api-server.ts'

const SCOPE = { account: '', livemode: false }
const COUNT = 230

describe.each(testDatabases)('a backfill on $name', ({ open }) => {
  let db: Database
  let intake: Intake
  let server: ApiServer
  let isRefusing = false
  const start = Math.floor(Date.now() / 1000) - 7200
  /** One event every ten seconds, oldest first. */
  const events = Array.from(
    { length: COUNT },
    (_, n) =>
      JSON.parse(eventBody({ id: `evt_${n}`, created: start + n * 10 })) as {
        id: string
        created: number
      },
  )
  beforeAll(async () => {
    db = await open()
  })
  beforeEach(async () => {
    await db.query('truncate proviso.observations')
    isRefusing = false
    intake = createIntake(db)
    server = await startApiServer(({ path, query }) => {
      if (path !== '/v1/events') return undefined
      if (isRefusing) return { status: 401, json: apiError('api_key_expired', 'Expired API Key') }
      const listed = events.filter(
        (event) =>
          event.created >= Number(query.get('created[gte]')) &&
          event.created < Number(query.get('created[lt]')),
      )
      return pageOf(listed.toReversed(), query)
    })
    return async () => {
      await intake.close()
      await server[Symbol.asyncDispose]()
    }
  })
  afterAll(() => db.close())

  function run(range: { from: number; to?: number }) {
    const reader = createReader({
      apiKey: 'sk_test_1',
      host: '127.0.0.1',
      port: server.port,
      protocol: 'http',
      perSecond: 1000,
    })
    return backfill({ listEvents: reader.listEvents, intake, scope: SCOPE, ...range })
  }

  async function storedIds(): Promise<string[]> {
    const { rows } = await db.query<{ id: string }>(
      `select distinct id, created from proviso.observations where kind = 'event' order by created`,
    )
    return rows.map((row) => row.id)
  }

  test('takes in every event of the range as an ordinary one, and a second time nothing', async () => {
    expect(await run({ from: start })).toEqual({ listed: COUNT, added: COUNT })
    expect(await storedIds()).toEqual(events.map((event) => event.id))

    expect(await run({ from: start })).toEqual({ listed: COUNT, added: 0 })
  })

  test('keeps to the range asked for', async () => {
    const range = { from: start + 100, to: start + 290 }

    expect(await run(range)).toEqual({ listed: 20, added: 20 })
    expect(await storedIds()).toEqual(events.slice(10, 30).map((event) => event.id))
  })

  test('knows what was delivered by its id, and keeps the listed shape beside it', async () => {
    const body = Buffer.from(eventBody({ id: 'evt_3', created: start + 30, type: 'invoice.paid' }))
    const pushed = Buffer.from(body.toString().replaceAll(':', ': '))
    await intake.submit({
      ...SCOPE,
      id: 'evt_3',
      type: 'invoice.paid',
      created: start + 30,
      body: pushed,
    })

    await run({ from: start })

    expect(await storedIds()).toHaveLength(COUNT)
    const { rows } = await db.query(`select 1 from proviso.observations where id = 'evt_3'`)
    expect(rows).toHaveLength(2)
  })

  test('fails when Stripe refuses, and when an event cannot be made durable', async () => {
    isRefusing = true
    await expect(run({ from: start })).rejects.toMatchObject({ code: 'stripe_unavailable' })

    isRefusing = false
    await intake.close()
    await expect(run({ from: start })).rejects.toMatchObject({ code: 'shutting_down' })
  })
})
