import { describe, expect, it } from 'vitest'
import { createSandbox } from '../../../src/sandbox/index.ts'
import { priceAmount } from '../../../src/sandbox/resources/prices/price-amount.ts'
import { eventsOf, good, refused, typesOf } from './judged.ts'

const NOW = '2026-01-31T00:00:00Z'

async function withProduct() {
  const sandbox = await createSandbox({ seed: 'catalogue', now: NOW })
  const product = await good(sandbox, 'POST', '/v1/products', { name: 'Pro' })
  const price = async (params: Record<string, unknown>) =>
    good(sandbox, 'POST', '/v1/prices', { product: product.id, currency: 'usd', ...params })
  const amount = (id: string, quantity: number | string, currency?: string) =>
    priceAmount(sandbox.world.must('price', id), quantity, currency)
  return { sandbox, product, price, amount }
}

describe('products', () => {
  it('comes with its default price when asked so, and says so in an update', async () => {
    const sandbox = await createSandbox({ now: NOW })
    const product = await good(sandbox, 'POST', '/v1/products', {
      name: 'Pro',
      default_price_data: {
        currency: 'eur',
        unit_amount: 990,
        recurring: { interval: 'month' },
        currency_options: { usd: { unit_amount: 1090 } },
      },
    })
    expect(product.default_price).toMatch(/^price_/u)
    expect(typesOf(sandbox)).toEqual([
      'product.created',
      'price.created',
      'plan.created',
      'product.updated',
    ])
    expect(eventsOf(sandbox).at(-1)?.data.previous_attributes).toEqual({ default_price: null })
    const expanded = await good(sandbox, 'GET', `/v1/products/${product.id}`, {
      expand: ['default_price.currency_options'],
    })
    expect(expanded.default_price.currency_options.usd.unit_amount).toBe(1090)
  })

  it('takes every field that can be unset by an empty text back to null', async () => {
    const { sandbox, product } = await withProduct()
    const path = `/v1/products/${product.id}`
    await good(sandbox, 'POST', path, {
      description: 'All of it',
      package_dimensions: { height: 1, length: 2, weight: 3, width: 4 },
      tax_details: { tax_code: 'txcd_10000000' },
    })
    const after = await good(sandbox, 'POST', path, {
      description: '',
      package_dimensions: '',
      tax_details: '',
    })
    expect(after).toMatchObject({ description: null, package_dimensions: null, tax_details: null })
  })

  it('says nothing where an update changes nothing', async () => {
    const { sandbox, product } = await withProduct()
    await sandbox.advance({ days: 1 })
    await good(sandbox, 'POST', `/v1/products/${product.id}`, { name: 'Pro' })
    expect(typesOf(sandbox)).toEqual(['product.created'])
  })

  it('carries features, each once, and lists and detaches them', async () => {
    const { sandbox, product } = await withProduct()
    const feature = await good(sandbox, 'POST', '/v1/entitlements/features', {
      name: 'Exports',
      lookup_key: 'exports',
    })
    const path = `/v1/products/${product.id}/features`
    const attached = await good(sandbox, 'POST', path, { entitlement_feature: feature.id })
    expect(attached.entitlement_feature.lookup_key).toBe('exports')
    expect((await refused(sandbox, 'POST', path, { entitlement_feature: feature.id })).status).toBe(
      400,
    )
    expect((await good(sandbox, 'GET', path)).data).toHaveLength(1)
    await good(sandbox, 'DELETE', `${path}/${attached.id}`)
    expect((await good(sandbox, 'GET', path)).data).toHaveLength(0)
  })

  it('cannot go while it has prices, nor can its default price be archived', async () => {
    const { sandbox, product, price } = await withProduct()
    const { id } = await price({ unit_amount: 500 })
    await good(sandbox, 'POST', `/v1/products/${product.id}`, { default_price: id })
    expect((await refused(sandbox, 'DELETE', `/v1/products/${product.id}`)).status).toBe(400)
    const error = await refused(sandbox, 'POST', `/v1/prices/${id}`, { active: false })
    expect(error.param).toBe('active')
  })
})

describe('prices', () => {
  it('shows a decimal price as decimal only, and a whole one both ways', async () => {
    const { price } = await withProduct()
    expect(await price({ unit_amount_decimal: '0.5' })).toMatchObject({
      unit_amount: null,
      unit_amount_decimal: '0.5',
      type: 'one_time',
    })
    expect(await price({ unit_amount_decimal: '1500.00' })).toMatchObject({
      unit_amount: 1500,
      unit_amount_decimal: '1500',
    })
  })

  it('multiplies decimals exactly and rounds once, halves up', async () => {
    const { price, amount } = await withProduct()
    const { id } = await price({ unit_amount_decimal: '0.05' })
    expect([10, 9, 11, 30, 29].map((quantity) => amount(id, quantity))).toEqual([1, 0, 1, 2, 1])
    const thirds = await price({ unit_amount_decimal: '33.333333333333' })
    expect(amount(thirds.id, 3)).toBe(100)
    expect(amount(thirds.id, '1.5')).toBe(50)
  })

  it('adds graduated tiers up, and takes one volume tier for all', async () => {
    const { price, amount } = await withProduct()
    const tiers = [
      { up_to: 5, unit_amount: 700, flat_amount: 100 },
      { up_to: 10, unit_amount: 650 },
      { up_to: 'inf', unit_amount_decimal: '600.5', flat_amount: 50 },
    ]
    const common = { billing_scheme: 'tiered', tiers, recurring: { interval: 'month' } }
    const graduated = await price({ ...common, tiers_mode: 'graduated' })
    const volume = await price({ ...common, tiers_mode: 'volume' })
    expect([0, 1, 5, 6, 10, 11].map((quantity) => amount(graduated.id, quantity))).toEqual([
      100,
      800,
      3600,
      4250,
      6850,
      6850 + 50 + 601,
    ])
    expect([1, 5, 6, 10, 11].map((quantity) => amount(volume.id, quantity))).toEqual([
      800, 3600, 3900, 6500, 6656,
    ])
  })

  it('shows tiers only to who expands them', async () => {
    const { sandbox, price } = await withProduct()
    const { id, tiers } = await price({
      billing_scheme: 'tiered',
      tiers_mode: 'volume',
      tiers: [{ up_to: 'inf', unit_amount: 10 }],
    })
    expect(tiers).toBeUndefined()
    const expanded = await good(sandbox, 'GET', `/v1/prices/${id}`, { expand: ['tiers'] })
    expect(expanded.tiers).toEqual([
      {
        flat_amount: null,
        flat_amount_decimal: null,
        unit_amount: 10,
        unit_amount_decimal: '10',
        up_to: null,
      },
    ])
    const flat = await price({ unit_amount: 100 })
    await good(sandbox, 'GET', `/v1/prices/${flat.id}`, { expand: ['tiers'] })
  })

  it('divides the quantity into packages before it multiplies', async () => {
    const { price, amount } = await withProduct()
    const up = await price({ unit_amount: 500, transform_quantity: { divide_by: 5, round: 'up' } })
    const down = await price({
      unit_amount: 500,
      transform_quantity: { divide_by: 5, round: 'down' },
    })
    expect([0, 1, 5, 6].map((quantity) => amount(up.id, quantity))).toEqual([0, 500, 500, 1000])
    expect([4, 5, 9].map((quantity) => amount(down.id, quantity))).toEqual([0, 500, 500])
  })

  it('costs its own amount in each of its currencies', async () => {
    const { sandbox, price, amount } = await withProduct()
    const { id } = await price({
      unit_amount: 1000,
      currency_options: { eur: { unit_amount: 900 } },
    })
    expect([amount(id, 2), amount(id, 2, 'eur')]).toEqual([2000, 1800])
    await good(sandbox, 'POST', `/v1/prices/${id}`, {
      currency_options: { gbp: { unit_amount: 800 } },
    })
    expect(amount(id, 2, 'gbp')).toBe(1600)
  })

  it('lets a lookup key go over to another price only when asked to', async () => {
    const { sandbox, price } = await withProduct()
    const first = await price({ unit_amount: 100, lookup_key: 'pro' })
    const taken = await refused(sandbox, 'POST', '/v1/prices', {
      product: first.product,
      currency: 'usd',
      unit_amount: 200,
      lookup_key: 'pro',
    })
    expect(taken.param).toBe('lookup_key')
    const second = await price({ unit_amount: 200, lookup_key: 'pro', transfer_lookup_key: true })
    const found = await good(sandbox, 'GET', '/v1/prices', { lookup_keys: ['pro'] })
    expect(found.data.map(({ id }: { id: string }) => id)).toEqual([second.id])
    expect(typesOf(sandbox).slice(-2)).toEqual(['price.updated', 'price.created'])
  })

  it.each([
    [{}, 'unit_amount'],
    [{ unit_amount: 1, unit_amount_decimal: '1' }, 'unit_amount'],
    [
      { unit_amount: 1, recurring: { interval: 'month', usage_type: 'metered' } },
      'recurring[meter]',
    ],
    [{ billing_scheme: 'tiered', tiers_mode: 'volume' }, 'tiers'],
    [
      { billing_scheme: 'tiered', tiers_mode: 'volume', tiers: [{ up_to: 5, unit_amount: 1 }] },
      'tiers[0][up_to]',
    ],
    [{ unit_amount: 1, colour: 'red' }, 'colour'],
    [{ unit_amount: 'dear' }, 'unit_amount'],
    [
      { custom_unit_amount: { enabled: true }, recurring: { interval: 'month' } },
      'custom_unit_amount',
    ],
  ])('refuses %j and names the parameter', async (params, param) => {
    const { sandbox, product } = await withProduct()
    const error = await refused(sandbox, 'POST', '/v1/prices', {
      product: product.id,
      currency: 'usd',
      ...params,
    })
    expect([error.status, error.type, error.param]).toEqual([400, 'invalid_request_error', param])
  })
})

describe('plans', () => {
  it('are recurring prices by another name, with events of both', async () => {
    const { sandbox } = await withProduct()
    const plan = await good(sandbox, 'POST', '/v1/plans', {
      currency: 'usd',
      interval: 'month',
      amount: 2000,
      product: { name: 'myproduct' },
      trial_period_days: 7,
    })
    expect(plan).toMatchObject({ object: 'plan', amount: 2000, trial_period_days: 7 })
    const price = await good(sandbox, 'GET', `/v1/prices/${plan.id}`)
    expect(price.recurring).toMatchObject({ interval: 'month', trial_period_days: 7 })
    await good(sandbox, 'POST', `/v1/plans/${plan.id}`, { metadata: { foo: 'bar' } })
    expect(eventsOf(sandbox).at(-1)?.data.previous_attributes).toEqual({ metadata: { foo: null } })
    await good(sandbox, 'DELETE', `/v1/plans/${plan.id}`)
    expect(typesOf(sandbox).slice(1)).toEqual([
      'product.created',
      'price.created',
      'plan.created',
      'price.updated',
      'plan.updated',
      'plan.deleted',
      'price.deleted',
    ])
    expect((await refused(sandbox, 'GET', `/v1/plans/${plan.id}`)).status).toBe(404)
  })
})

describe('what is refused', () => {
  it('leaves nothing behind', async () => {
    const sandbox = await createSandbox({ now: NOW })
    await refused(sandbox, 'POST', '/v1/products', {
      name: 'Pro',
      default_price_data: { currency: 'usd' },
    })
    await refused(sandbox, 'POST', '/v1/prices', {
      currency: 'usd',
      product_data: { name: 'Pro' },
      billing_scheme: 'tiered',
      tiers_mode: 'volume',
      tiers: [{ up_to: 5, unit_amount: 1 }],
    })
    expect((await good(sandbox, 'GET', '/v1/products')).data).toEqual([])
    expect(eventsOf(sandbox)).toEqual([])
  })
})
