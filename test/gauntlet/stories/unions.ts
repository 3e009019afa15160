import { expect } from 'vitest'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import { entitledPrice, featuresOf, SUMMARY } from '../../sandbox/scenarios/entitled-price.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { appCustomer, buyOnce, catalogOf, itemOf, onSale, onSaleOnce, subscribeTo } from './shop.ts'

function suite(stage: Stage): CatalogDefinition {
  return catalogOf(stage, {
    features: {
      app: { type: 'flag' },
      seats: { type: 'quantity' },
      storage: { type: 'quantity', combine: 'max' },
      calls: { type: 'metered' },
    },
    products: {
      pro: { grants: { app: true, seats: 3, storage: 10, calls: { limit: 1_000 } } },
      extra: { grants: { seats: 'quantity', calls: { limit: 250, per: 'quantity' } } },
      vault: { grants: { storage: 50 } },
      boost: { grants: { calls: { limit: null } }, duration: { days: 7 } },
    },
  })
}

const ADDED_UP: Scenario = {
  rows: [8, 29, 93],
  title:
    'A plan, an add-on, a second subscription and a week without limits: what they give is united',
  catalog: suite,
  async play(stage) {
    const [pro, extra, vault] = [
      await onSale(stage, 'pro'),
      await onSale(stage, 'extra', { unit_amount: 500 }),
      await onSale(stage, 'vault', { unit_amount: 700 }),
    ]
    const customer = await appCustomer(stage, 'ada')
    await stage.api.subscriptions.create({
      customer,
      items: [{ price: pro.id }, { price: extra.id, quantity: 4 }],
    })
    const second = await subscribeTo(stage, customer, vault)
    await stage.advance({ days: 2 })
    await buyOnce(stage, 'boost', await onSaleOnce(stage, 'boost'), { customer })
    await stage.advance({ days: 3 })
    stage.mark()
    await stage.api.subscriptions.cancel(second.id)
    stage.only('customer.subscription.deleted')
    await stage.advance({ days: 1 })
  },
}

const TAKEN_APART: Scenario = {
  rows: [54, 59, 64],
  title: 'A week without limits runs out and the add-on is given up: the plan alone is left',
  catalog: suite,
  async play(stage) {
    const [pro, extra] = [
      await onSale(stage, 'pro'),
      await onSale(stage, 'extra', { unit_amount: 500 }),
    ]
    const customer = await appCustomer(stage, 'ada')
    const sub = await stage.api.subscriptions.create({
      customer,
      items: [{ price: pro.id }, { price: extra.id, quantity: 4 }],
    })
    await buyOnce(stage, 'boost', await onSaleOnce(stage, 'boost'), { customer })
    await stage.advance({ days: 8 })
    await stage.api.subscriptionItems.del(itemOf(sub, extra), { proration_behavior: 'none' })
    expect(stage.last('customer.subscription.updated').object).toMatchObject({
      items: { data: [{ price: { id: pro.id } }] },
    })
    await stage.advance({ days: 1 })
  },
}

const CREDITS: Scenario = {
  rows: [29, 74],
  title: 'Three packs of credits are bought, one of them is refunded: the credits of two are left',
  catalog: (stage) =>
    catalogOf(stage, {
      features: { render: { type: 'credits' } },
      products: {
        small: { grants: { render: { amount: 100 } } },
        large: { grants: { render: { amount: 1_000 } } },
      },
    }),
  async play(stage) {
    const small = await onSaleOnce(stage, 'small', { unit_amount: 900 })
    const large = await onSaleOnce(stage, 'large')
    const customer = await appCustomer(stage, 'ada')
    await buyOnce(stage, 'small', small, { customer })
    await stage.advance({ days: 3 })
    const { charge } = await buyOnce(stage, 'small', small, { customer })
    await stage.advance({ days: 3 })
    await buyOnce(stage, 'large', large, { customer })
    await stage.advance({ days: 1 })
    await stage.api.refunds.create({ charge })
    expect(stage.only('charge.refunded').object).toMatchObject({ amount_refunded: 900 })
    await stage.advance({ days: 1 })
  },
}

/** What Stripe's own Entitlements list, and what the catalog's products give besides. */
function entitled(stage: Stage): CatalogDefinition {
  const basic = [...stage.sandbox.world.table('price').values()].slice(0, 1)
  return {
    features: {
      exports: { type: 'flag', stripeFeature: 'exports' },
      api: { type: 'flag', stripeFeature: 'api' },
      app: { type: 'flag' },
    },
    products: {
      basic: { match: { prices: basic.map(({ id }) => id) }, grants: { app: true } },
    },
  }
}

const ENTITLEMENTS: Scenario = {
  rows: [92, 53],
  title:
    "A change of plan is told by Stripe's own entitlements: exports go, the interface for programs comes",
  catalog: entitled,
  async play(stage) {
    const basic = await entitledPrice(stage, 'exports')
    const big = await entitledPrice(stage, 'api')
    const customer = await appCustomer(stage, 'ada')
    const sub = await subscribeTo(stage, customer, basic)
    await stage.advance({ days: 9 })
    stage.mark()
    await stage.api.subscriptions.update(sub.id, {
      items: [{ id: itemOf(sub), price: big.id }],
      proration_behavior: 'always_invoice',
    })
    expect(featuresOf(stage.last(SUMMARY)).now).toEqual(['api'])
    await stage.advance({ days: 1 })
  },
}

const TWO_ENTITLED: Scenario = {
  rows: [92, 93, 64],
  title:
    "Two subscriptions entitle to one thing each; one is canceled, and Stripe's summary says so",
  catalog: entitled,
  async play(stage) {
    const customer = await appCustomer(stage, 'ada')
    await subscribeTo(stage, customer, await entitledPrice(stage, 'exports'))
    const other = await subscribeTo(stage, customer, await entitledPrice(stage, 'api'))
    expect(featuresOf(stage.last(SUMMARY)).now.toSorted()).toEqual(['api', 'exports'])
    await stage.advance({ days: 5 })
    await stage.api.subscriptions.cancel(other.id)
    expect(featuresOf(stage.last(SUMMARY)).now).toEqual(['exports'])
    await stage.advance({ days: 1 })
  },
}

export const UNIONS: readonly Scenario[] = [
  ADDED_UP,
  TAKEN_APART,
  CREDITS,
  ENTITLEMENTS,
  TWO_ENTITLED,
]
