import { expect } from 'vitest'
import { attachFeature, entitledPrice, featuresOf, SUMMARY } from './entitled-price.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

async function subscribe(stage: Stage, customer: string, price: string) {
  return stage.api.subscriptions.create({ customer, items: [{ price }] })
}

const PRICE_ARCHIVED: Scenario = {
  rows: [90],
  title: 'A price archived is told of alone: its amount is fixed, and who has it keeps it',
  async play(stage) {
    const { api } = stage
    const { id: customer } = await stage.customer()
    const price = await stage.price()
    const sub = await subscribe(stage, customer, price.id)
    stage.mark()
    await api.prices.update(price.id, { active: false, nickname: 'before summer' })
    expect(stage.types()).toEqual(['price.updated', 'plan.updated'])
    expect(stage.only('price.updated')).toMatchObject({
      object: { id: price.id, active: false, unit_amount: 2_900 },
      previous: { active: true, nickname: null },
    })
    await expect(
      api.rawRequest('POST', `/v1/prices/${price.id}`, { unit_amount: 3_900 }),
    ).rejects.toMatchObject({ type: 'StripeInvalidRequestError', param: 'unit_amount' })
    await expect(subscribe(stage, customer, price.id)).rejects.toMatchObject({ statusCode: 400 })

    stage.mark()
    await stage.advance({ days: 28, hours: 1 })
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
    const { items } = await api.subscriptions.retrieve(sub.id)
    expect(items.data[0]?.price).toMatchObject({ id: price.id, active: false })
  },
}

const FEATURE_CHANGED: Scenario = {
  rows: [91],
  title:
    'A feature given to a product, or taken from it, reaches who has it with the next period, and who buys it at once',
  async play(stage) {
    const { api } = stage
    const { id: customer } = await stage.customer()
    const price = await entitledPrice(stage, 'exports', 'api')
    const product = price.product as string
    await subscribe(stage, customer, price.id)
    const { data } = await api.products.listFeatures(product)
    const exports = data.find(({ entitlement_feature: { lookup_key: key } }) => key === 'exports')
    stage.mark()
    await attachFeature(stage, product, 'audit')
    await api.products.deleteFeature(product, String(exports?.id))
    await api.products.update(product, { name: 'Professional' })
    expect(stage.only('product.updated')).toMatchObject({
      object: { id: product, name: 'Professional' },
      previous: { name: 'Pro' },
    })
    stage.none(SUMMARY, 'customer.subscription.updated')

    const late = await stage.customer()
    await subscribe(stage, late.id, price.id)
    expect(stage.only(SUMMARY).object['customer']).toBe(late.id)
    expect(featuresOf(stage.only(SUMMARY)).now.toSorted()).toEqual(['api', 'audit'])
    stage.mark()
    await stage.advance({ days: 27, hours: 23 })
    stage.none(SUMMARY)
    await stage.advance({ hours: 1 })
    const { now, before } = featuresOf(stage.only(SUMMARY))
    expect(stage.only(SUMMARY).object['customer']).toBe(customer)
    expect([now.toSorted(), before]).toEqual([
      ['api', 'audit'],
      ['exports', 'api'],
    ])
  },
}

const MANY_FEATURES: Scenario = {
  rows: [92],
  title:
    'A summary lists ten entitlements at most, whole before and after, and has no id of its own',
  async play(stage) {
    const { api } = stage
    const { id: customer } = await stage.customer()
    const twelve = Array.from({ length: 12 }, (_, at) => `feature-${String(at + 1)}`)
    const price = await entitledPrice(stage, ...twelve)
    const sub = await subscribe(stage, customer, price.id)
    const given = stage.only(SUMMARY)
    expect(featuresOf(given)).toEqual({ now: twelve.slice(0, 10), before: [] })
    expect(given.object).toMatchObject({
      object: 'entitlements.active_entitlement_summary',
      customer,
      entitlements: { has_more: true },
    })
    expect(given.object).not.toHaveProperty('id')
    const all = await api.entitlements.activeEntitlements
      .list({ customer, limit: 5 })
      .autoPagingToArray({ limit: 100 })
    expect(all.map(({ lookup_key: key }) => key).toSorted()).toEqual(twelve.toSorted())

    stage.mark()
    await api.subscriptions.cancel(sub.id)
    expect(featuresOf(stage.only(SUMMARY))).toEqual({ now: [], before: twelve.slice(0, 10) })
    expect(stage.only(SUMMARY)).toMatchObject({
      object: { entitlements: { has_more: false } },
      previous: { entitlements: { has_more: true } },
    })
  },
}

const TWO_SUBSCRIPTIONS: Scenario = {
  rows: [93],
  title:
    'Two subscriptions of a customer are told of apart, and the summary is the union of what both give',
  async play(stage) {
    const { api } = stage
    const { id: customer } = await stage.customer()
    const product = await api.products.create({ name: 'Suite' })
    const basic = await entitledPrice(stage, 'exports')
    await attachFeature(stage, basic.product as string, 'api')
    const { data } = await api.products.listFeatures(basic.product as string)
    const shared = data.find(({ entitlement_feature: { lookup_key: key } }) => key === 'exports')
    await api.products.createFeature(product.id, {
      entitlement_feature: String(shared?.entitlement_feature.id),
    })
    await attachFeature(stage, product.id, 'audit')
    const suite = await stage.price({ product: product.id, product_data: undefined } as object)

    const one = await subscribe(stage, customer, basic.id)
    stage.mark()
    const two = await subscribe(stage, customer, suite.id)
    const union = featuresOf(stage.only(SUMMARY))
    expect([union.now.toSorted(), union.before.toSorted()]).toEqual([
      ['api', 'audit', 'exports'],
      ['api', 'exports'],
    ])
    const own = stage.since().filter(({ type }) => type.startsWith('customer.subscription'))
    expect(own.map(({ type, object }) => [type, object['id']])).toEqual([
      ['customer.subscription.created', two.id],
    ])

    // What the other one still gives is not lost.
    stage.mark()
    await api.subscriptions.cancel(one.id)
    expect(featuresOf(stage.only(SUMMARY)).now.toSorted()).toEqual(['audit', 'exports'])
    expect(stage.only('customer.subscription.deleted').object['id']).toBe(one.id)
    expect((await api.subscriptions.retrieve(two.id)).status).toBe('active')
    stage.none('customer.subscription.updated')
  },
}

export const CATALOGUE: readonly Scenario[] = [
  PRICE_ARCHIVED,
  FEATURE_CHANGED,
  MANY_FEATURES,
  TWO_SUBSCRIPTIONS,
]
