import { expect } from 'vitest'
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts'
import type { SnapshotEvent } from '../../../src/sandbox/world/event.ts'
import { describeViolation, validateEvent, validateObject } from '../judges/sdk-schema.ts'
import { call, ok, type Answer, type Params } from '../support/call.ts'

export const START = Date.UTC(2026, 0, 31, 12) / 1_000

/** A sandbox with something to sell, and the ways a test buys it. */
export interface Shop {
  readonly sandbox: Sandbox
  readonly product: string
  /** 15.00 USD, once. */
  readonly once: string
  /** 29.00 USD a month. */
  readonly monthly: string
  /** 30.00 EUR a month. */
  readonly euro: string
  create(params: Params, version?: string | null): Promise<Answer['body']>
  confirm(session: string, params?: Params): Promise<Answer>
  /** Creates a session and pays it. */
  buy(params: Params, method?: string, version?: string | null): Promise<Answer['body']>
  read(session: string): Promise<Answer['body']>
  /** Names of the events since `mark`, in the order they were emitted. */
  told(): string[]
  mark(): void
  last(type: string): SnapshotEvent
}

export async function openShop(): Promise<Shop> {
  const sandbox = await createSandbox({ seed: 'checkout', now: START })
  const post = (path: string, params: Params) => ok(sandbox, 'POST', path, params)
  const product = (await post('/v1/products', { name: 'Pro' })).id as string
  const price = async (params: Params): Promise<string> =>
    (await post('/v1/prices', { product, ...params })).id as string
  const month = { interval: 'month' }
  let from = 0
  const all = () => [...sandbox.world.events.values()]
  const shop: Shop = {
    sandbox,
    product,
    once: await price({ unit_amount: 1_500, currency: 'usd' }),
    monthly: await price({ unit_amount: 2_900, currency: 'usd', recurring: month }),
    euro: await price({ unit_amount: 3_000, currency: 'eur', recurring: month }),
    create: (params, version = '2026-10-28.endive') =>
      ok(
        sandbox,
        'POST',
        '/v1/checkout/sessions',
        { success_url: 'https://app.test/thanks', ...params },
        { version },
      ),
    confirm: (session, params = { payment_method: 'pm_card_visa' }) =>
      call(sandbox, 'POST', `/v1/payment_pages/${session}/confirm`, params),
    buy: async (params, method = 'pm_card_visa', version = '2026-10-28.endive') => {
      const session = await shop.create(params, version)
      const { status, body } = await shop.confirm(session.id, { payment_method: method })
      expect(status, JSON.stringify(body)).toBe(200)
      return body as Answer['body']
    },
    read: (session) => ok(sandbox, 'GET', `/v1/checkout/sessions/${session}`),
    told: () =>
      all()
        .slice(from)
        .map((event) => event.type),
    mark: () => {
      from = all().length
    },
    last: (type) => {
      const event = all().findLast((one) => one.type === type)
      if (event === undefined) throw new Error(`no event ${type}`)
      return event
    },
  }
  shop.mark()
  return shop
}

/** Every event, and every object given, has the shape of the SDK's types: no more and no less. */
export async function expectTrueShapes({ sandbox }: Shop, ...objects: object[]): Promise<void> {
  const events = await ok(sandbox, 'GET', '/v1/events', { limit: 100 })
  const violations = [
    ...events.data.flatMap((event: unknown) => validateEvent(event)),
    ...objects.flatMap((object) => validateObject(object)),
  ]
  expect(violations.map(describeViolation)).toEqual([])
}

/** `told` holds `expected` in this order, whatever is between. */
export function expectInOrder(told: readonly string[], expected: readonly string[]): void {
  let at = 0
  for (const name of told) if (name === expected[at]) at += 1
  expect(expected.slice(at), `in ${told.join(', ')}`).toEqual([])
}
