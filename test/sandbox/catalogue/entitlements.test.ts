import { describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts'
import { eventsOf, good, refused } from './judged.ts'

const NOW = '2026-01-01T00:00:00Z'
const SUMMARY = 'entitlements.active_entitlement_summary.updated'

async function shop() {
  const sandbox = await createSandbox({ seed: 'entitlements', now: NOW })
  const customer = await good(sandbox, 'POST', '/v1/customers', {
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const product = async (name: string, features: readonly string[]) => {
    const { id, default_price: price } = await good(sandbox, 'POST', '/v1/products', {
      name,
      default_price_data: { currency: 'usd', unit_amount: 1000, recurring: { interval: 'month' } },
    })
    for (const feature of features) await attach(sandbox, id, feature)
    return { id: id as string, price: price as string }
  }
  const subscribe = async (price: string, more: Record<string, unknown> = {}) =>
    good(sandbox, 'POST', '/v1/subscriptions', {
      customer: customer.id,
      items: [{ price }],
      ...more,
    })
  const held = async (limit = 100): Promise<string[]> => {
    const list = await good(sandbox, 'GET', '/v1/entitlements/active_entitlements', {
      customer: customer.id,
      limit,
    })
    return list.data.map(({ lookup_key: key }: { lookup_key: string }) => key)
  }
  return { sandbox, customer: customer.id as string, product, subscribe, held }
}

async function attach(sandbox: Sandbox, product: string, key: string) {
  const { data } = await good(sandbox, 'GET', '/v1/entitlements/features', { lookup_key: key })
  const feature =
    data[0] ??
    (await good(sandbox, 'POST', '/v1/entitlements/features', { lookup_key: key, name: key }))
  return good(sandbox, 'POST', `/v1/products/${product}/features`, {
    entitlement_feature: feature.id,
  })
}

interface Summary {
  readonly customer: string
  readonly entitlements: {
    readonly data: readonly { readonly lookup_key: string }[]
    readonly has_more: boolean
    readonly url: string
  }
}

function summaries(sandbox: Sandbox) {
  return eventsOf(sandbox)
    .filter(({ type }) => type === SUMMARY)
    .map(({ data }) => ({
      now: keysOf(data.object as unknown as Summary),
      before: keysOf({ ...data.previous_attributes } as unknown as Summary),
      hasMore: (data.object as unknown as Summary).entitlements.has_more,
    }))
}

function keysOf(summary: Pick<Summary, 'entitlements'>): string[] {
  return summary.entitlements.data.map(({ lookup_key: key }) => key)
}

describe('active entitlements', () => {
  it('come with a paid subscription and go with its end, each said with the whole list', async () => {
    const { sandbox, product, subscribe, held } = await shop()
    const pro = await product('Pro', ['exports', 'api'])
    const subscription = await subscribe(pro.price)
    expect(await held()).toEqual(['exports', 'api'])
    await good(sandbox, 'DELETE', `/v1/subscriptions/${subscription.id}`)
    expect(await held()).toEqual([])
    expect(summaries(sandbox)).toEqual([
      { now: ['exports', 'api'], before: [], hasMore: false },
      { now: [], before: ['exports', 'api'], hasMore: false },
    ])
  })

  it('wait for the first payment', async () => {
    const { sandbox, product, subscribe, held } = await shop()
    const pro = await product('Pro', ['exports'])
    await subscribe(pro.price, { payment_behavior: 'default_incomplete' })
    expect(await held()).toEqual([])
    expect(summaries(sandbox)).toEqual([])
  })

  it('are the union of all subscriptions: what another still gives stays', async () => {
    const { sandbox, product, subscribe, held } = await shop()
    const pro = await product('Pro', ['exports', 'api'])
    const team = await product('Team', ['api', 'seats'])
    const first = await subscribe(pro.price)
    await subscribe(team.price)
    expect(await held()).toEqual(['exports', 'api', 'seats'])
    await good(sandbox, 'DELETE', `/v1/subscriptions/${first.id}`)
    expect((await held()).sort()).toEqual(['api', 'seats'])
    expect(summaries(sandbox)).toHaveLength(3)
  })

  it('change with the plan', async () => {
    const { sandbox, product, subscribe, held } = await shop()
    const pro = await product('Pro', ['exports'])
    const team = await product('Team', ['seats'])
    const { id, items } = await subscribe(pro.price)
    await good(sandbox, 'POST', `/v1/subscriptions/${id}`, {
      items: [{ id: items.data[0].id, price: team.price }],
    })
    expect(await held()).toEqual(['seats'])
    expect(summaries(sandbox).at(-1)).toMatchObject({ now: ['seats'], before: ['exports'] })
  })

  it('of a feature attached later begin with the next period', async () => {
    const { sandbox, product, subscribe, held } = await shop()
    const pro = await product('Pro', ['exports'])
    await subscribe(pro.price)
    await attach(sandbox, pro.id, 'api')
    await sandbox.advance({ days: 30 })
    expect(await held()).toEqual(['exports'])
    await sandbox.advance({ days: 2 })
    expect(await held()).toEqual(['exports', 'api'])
  })

  it('are cut at ten in the event, and the list has them all', async () => {
    const { sandbox, product, subscribe, held } = await shop()
    const keys = Array.from({ length: 12 }, (_, at) => `feature_${String(at)}`)
    const pro = await product('Pro', keys)
    const { id } = await subscribe(pro.price)
    expect(summaries(sandbox)).toEqual([{ now: keys.slice(0, 10), before: [], hasMore: true }])
    expect(await held()).toEqual(keys)
    expect(await held(5)).toEqual(keys.slice(0, 5))
    await good(sandbox, 'DELETE', `/v1/subscriptions/${id}`)
    const last = eventsOf(sandbox).findLast(({ type }) => type === SUMMARY)
    expect(last?.data.previous_attributes).toMatchObject({ entitlements: { has_more: true } })
  })

  it('are read one by one, with the feature behind them', async () => {
    const { sandbox, customer, product, subscribe } = await shop()
    const pro = await product('Pro', ['exports'])
    await subscribe(pro.price)
    const path = '/v1/entitlements/active_entitlements'
    const { data } = await good(sandbox, 'GET', path, { customer, expand: ['data.feature'] })
    expect(data[0].feature.name).toBe('exports')
    expect((await good(sandbox, 'GET', `${path}/${data[0].id}`)).lookup_key).toBe('exports')
  })
})

describe('features', () => {
  it('have one lookup key each, and are hidden from the list once archived', async () => {
    const { sandbox } = await shop()
    const path = '/v1/entitlements/features'
    const { id } = await good(sandbox, 'POST', path, { lookup_key: 'api', name: 'API' })
    const again = await refused(sandbox, 'POST', path, { lookup_key: 'api', name: 'API' })
    expect(again.param).toBe('lookup_key')
    await good(sandbox, 'POST', `${path}/${id}`, { active: false })
    expect((await good(sandbox, 'GET', path)).data).toEqual([])
    expect((await good(sandbox, 'GET', path, { archived: true })).data).toHaveLength(1)
  })
})
