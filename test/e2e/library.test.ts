import pg from 'pg'
import Stripe from 'stripe'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createProviso } from '../../src/index.ts'
import type { Change, Proviso, ProvisoOptions } from '../../src/index.ts'
import { sampleCatalog } from '../../src/cli/sample/catalog.ts'
import { sampleStory } from '../../src/cli/sample/story.ts'
import { createTestDatabase } from '../support/database.ts'
import { signedRequest, WEBHOOK_SECRET } from '../support/signed-event.ts'
import { createTcpProxy } from '../support/tcp-proxy.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
let opened: Proviso[]

beforeEach(async () => {
  database = await createTestDatabase({ isMigrated: false })
  opened = []
})
afterEach(async () => {
  for (const proviso of opened) await proviso.close()
  await database.drop()
})

type Feature = keyof typeof sampleCatalog.features

function open(options: Partial<ProvisoOptions<Feature>> = {}): Proviso<Feature> {
  const proviso = createProviso({
    database: database.url,
    catalog: sampleCatalog,
    webhookSecrets: WEBHOOK_SECRET,
    ...options,
  })
  opened.push(proviso as Proviso)
  return proviso
}

const [purchase] = await sampleStory('Storylib', Math.floor(Date.now() / 1000) - 600)
const bought = purchase?.events ?? []

async function post(proviso: Proviso<Feature>): Promise<void> {
  for (const event of bought) {
    const response = await proviso.fetch(signedRequest(JSON.stringify(event)))
    expect(response.status).toBe(200)
  }
}

describe('in a process that stays', () => {
  test('a purchase posted to fetch() is settled and answers check, access and explain', async () => {
    const proviso = open()
    await proviso.start()

    await post(proviso)
    await (await proviso.engine()).settled()

    expect(await proviso.check({ customer: 'ada', feature: 'seats', quantity: 5 })).toMatchObject({
      allowed: true,
      value: 5,
    })
    expect(await proviso.check({ customer: 'ada', feature: 'seats', quantity: 6 })).toMatchObject({
      allowed: false,
    })
    expect((await proviso.access('ada')).features['export']).toMatchObject({ state: 'active' })
    expect((await proviso.explain({ customer: 'ada', feature: 'export' })).timeline).not.toEqual([])
    expect((await proviso.access('nobody')).features['export']).toMatchObject({ allowed: false })
  })

  test('a handler named before anything is connected gets every change, in its transaction', async () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 4 })
    await pool.query('create table welcomed (customer text primary key)')
    const proviso = open({ database: pool })
    let told = (): void => {}
    const isTold = new Promise<void>((resolve) => (told = resolve))
    proviso.onChange('welcome', async (change: Change, tx) => {
      if (change.feature !== 'export' || !change.after.allowed) return
      await tx.query('insert into welcomed (customer) values ($1)', [change.customer])
      told()
    })
    await proviso.start()

    await post(proviso)
    await isTold
    await proviso.close()

    const { rows } = await pool.query('select customer from welcomed')
    expect(rows).toEqual([{ customer: 'ada' }])
    await pool.end()
  })

  test('tables live in the schema that was asked for, beside the app’s own', async () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 4 })
    const proviso = open({ database: pool, schema: 'billing' })

    await proviso.grant({ customer: 'ada', feature: 'export' })
    await proviso.close()

    // The pool is the app's: closing leaves it open.
    const { rows } = await pool.query(
      "select table_schema from information_schema.tables where table_name = 'observations'",
    )
    expect(rows).toEqual([{ table_schema: 'billing' }])
    await pool.end()
  })

  test('after it is closed it says so', async () => {
    const proviso = open()
    await proviso.close()

    await expect(proviso.access('ada')).rejects.toMatchObject({ code: 'shutting_down' })
    expect((await proviso.fetch(signedRequest('{}'))).status).toBe(503)
  })
})

describe('where no process stays', () => {
  test('a webhook settles in its request, and access is there when it is answered', async () => {
    const proviso = open({ settle: 'inRequest' })

    await post(proviso)

    expect(await proviso.check({ customer: 'ada', feature: 'export' })).toMatchObject({
      allowed: true,
    })
    expect(await proviso.tick()).toMatchObject({ hasMore: false })
  })
})

test('a database that is away at first does no lasting harm', async () => {
  const { hostname, port } = new URL(database.url)
  const proxy = await createTcpProxy({ host: hostname, port: Number(port) })
  const url = new URL(database.url)
  url.hostname = '127.0.0.1'
  url.port = String(proxy.port)
  await proxy.goAway()
  const proviso = open({ database: url.toString() })

  await expect(proviso.start()).rejects.toMatchObject({ code: 'database_unavailable' })
  const refused = await proviso.fetch(signedRequest(JSON.stringify(bought[0])))
  await proxy.comeBack()
  const taken = await proviso.fetch(signedRequest(JSON.stringify(bought[0])))
  await proviso.close()
  await proxy.close()

  expect([refused.status, taken.status]).toEqual([503, 200])
})

test('a database that does not keep what it acknowledges is told of at the start', async () => {
  const warnings: string[] = []
  const log = {
    debug() {},
    info() {},
    error() {},
    warn: (_: object, text: string) => void warnings.push(text),
  }
  const proviso = open({ database: 'pglite:', log })

  await proviso.start()

  expect(warnings).toContainEqual(expect.stringContaining('never calls fsync'))
})

test('an instance of the official SDK fits as it is', () => {
  const stripe = new Stripe('sk_test_not_a_key')

  expect(() => open({ stripe })).not.toThrow()
})

test('a catalog with problems is told on the first use, all of them', async () => {
  const proviso = createProviso({
    database: database.url,
    catalog: {
      features: { export: { type: 'flag' } },
      // @ts-expect-error a feature the catalog lacks does not compile
      products: { pro: { grants: { exprot: true } }, more: { grants: { export: { limit: -1 } } } },
    },
    webhookSecrets: WEBHOOK_SECRET,
  })

  await expect(proviso.access('ada')).rejects.toMatchObject({
    code: 'catalog_invalid',
    message: expect.stringMatching(/exprot[\s\S]*-1/),
  })
  await proviso.close()
})
