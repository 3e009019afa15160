import Stripe from 'stripe'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ApiFaults } from '../../src/sandbox/index.ts'
import { errorOf, openSdkFixture } from './sdk-fixture.ts'
import type { SdkFixture } from './sdk-fixture.ts'

const { errors } = Stripe

const NO_FAULT: Partial<ApiFaults> = {
  ...{ rateLimit: 0, error: 0, errorAfter: 0, close: 0, closeAfter: 0 },
}

describe('pages', () => {
  let fixture: SdkFixture
  const names = Array.from({ length: 25 }, (_, index) => `Product ${index}`)

  beforeAll(async () => {
    fixture = await openSdkFixture()
    for (const name of names) {
      await fixture.stripe.products.create({ name, active: name !== 'Product 3' })
    }
  })
  afterAll(() => fixture.close())
  beforeEach(() => fixture.sent.splice(0))

  it('are turned until all is read: newest first, each once', async () => {
    const read: string[] = []
    for await (const { name } of fixture.stripe.products.list({ limit: 10 })) read.push(name)
    expect(read).toEqual([...names].reverse())
    expect(fixture.sent).toHaveLength(3)
  })

  it('are turned no further than asked', async () => {
    const some = await fixture.stripe.products.list({ limit: 5 }).autoPagingToArray({ limit: 7 })
    expect(some.map(({ name }) => name)).toEqual([...names].reverse().slice(0, 7))
    expect(fixture.sent).toHaveLength(2)
  })

  it('keep what was filtered by', async () => {
    const active = await fixture.stripe.products
      .list({ limit: 10, active: true })
      .autoPagingToArray({ limit: 100 })
    expect(active).toHaveLength(24)
  })

  it('are turned backwards', async () => {
    const [oldest] = (await fixture.stripe.products.list({ limit: 100 })).data.slice(-1)
    const read: string[] = []
    const before = { limit: 10, ending_before: oldest?.id ?? '' }
    for await (const { name } of fixture.stripe.products.list(before)) read.push(name)
    expect([...read].sort()).toEqual(names.slice(1).sort())
  })

  it('have ten when nobody says how many, and a hundred at most', async () => {
    expect((await fixture.stripe.products.list()).data).toHaveLength(10)
    const error = await errorOf(fixture.stripe.products.list({ limit: 101 }))
    expect(error).toBeInstanceOf(errors.StripeInvalidRequestError)
    expect(error.param).toBe('limit')
  })

  it('cannot go on from what there is not', async () => {
    const error = await errorOf(fixture.stripe.products.list({ starting_after: 'prod_none' }))
    expect(error).toMatchObject({ code: 'resource_missing', param: 'starting_after' })
  })
})

describe('a request that is sent twice under one key', () => {
  let fixture: SdkFixture
  beforeEach(async () => void (fixture = await openSdkFixture()))
  afterEach(() => fixture.close())
  const key = { idempotencyKey: 'order 17' }

  it('is done once and answered twice', async () => {
    const { stripe, sandbox } = fixture
    const first = await stripe.products.create({ name: 'Pro' }, key)
    const second = await stripe.products.create({ name: 'Pro' }, key)
    expect(second).toEqual(first)
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined()
    expect(second.lastResponse.headers['idempotent-replayed']).toBe('true')
    expect((await stripe.products.list()).data).toHaveLength(1)
    expect(sandbox.events('product.created')).toHaveLength(1)
  })

  it('is refused when it asks for something else, or elsewhere', async () => {
    const { stripe } = fixture
    const { id } = await stripe.products.create({ name: 'Pro' }, key)
    for (const call of [
      stripe.products.create({ name: 'Basic' }, key),
      stripe.products.update(id, { name: 'Pro' }, key),
    ]) {
      const error = await errorOf(call)
      expect(error).toBeInstanceOf(errors.StripeIdempotencyError)
      expect(error.statusCode).toBe(400)
    }
    expect((await stripe.products.list()).data.map(({ name }) => name)).toEqual(['Pro'])
  })

  it('is a new one when a day has passed', async () => {
    const { stripe, sandbox } = fixture
    const first = await stripe.products.create({ name: 'Pro' }, key)
    await sandbox.advance({ days: 1, seconds: 1 })
    expect((await stripe.products.create({ name: 'Pro' }, key)).id).not.toBe(first.id)
  })

  it('tells its events which request and which key they come from', async () => {
    const { stripe, sandbox } = fixture
    const { lastResponse } = await stripe.products.create({ name: 'Pro' }, key)
    const [event] = sandbox.events('product.created')
    expect(event?.request).toEqual({
      id: lastResponse.requestId,
      idempotency_key: key.idempotencyKey,
    })
  })
})

describe('a request that is repeated by the SDK', () => {
  let fixture: SdkFixture
  beforeEach(async () => void (fixture = await openSdkFixture()))
  afterEach(() => fixture.close())

  it.each(['error', 'errorAfter', 'close', 'closeAfter'] as const)(
    'is done once whatever became of the first attempt: %s',
    async (fault) => {
      const { stripe, sandbox, sent } = fixture
      sandbox.faults({ [fault]: 1 })
      // The second attempt finds the API well.
      stripe.on('request', () => sent.length > 1 && sandbox.faults(NO_FAULT))
      const product = await stripe.products.create({ name: 'Pro' })
      expect(sent).toEqual(['POST /v1/products', 'POST /v1/products'])
      const wasDone = fault.endsWith('After')
      expect(product.lastResponse.headers['idempotent-replayed']).toBe(wasDone ? 'true' : undefined)
      expect((await stripe.products.list()).data.map(({ id }) => id)).toEqual([product.id])
      expect(sandbox.events('product.created')).toHaveLength(1)
    },
  )

  it('is not one that came too fast: the SDK leaves that to its user', async () => {
    const { stripe, sandbox, sent } = fixture
    sandbox.faults({ rateLimit: 1 })
    await errorOf(stripe.products.create({ name: 'Pro' }))
    expect(sent).toHaveLength(1)
  })
})
