import { expect } from 'vitest'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import { DAY } from '../../sandbox/scenarios/subscriber.ts'
import {
  appCustomer,
  buyOnce,
  catalogOf,
  FIRST_CHARGE,
  onSale,
  onSaleOnce,
  subscribeTo,
} from './shop.ts'

const KEY = 'pro_monthly'

function byKey(): CatalogDefinition {
  return {
    features: { app: { type: 'flag' } },
    products: { pro: { match: { lookupKeys: [KEY] }, grants: { app: true } } },
  }
}

const KEY_MOVED: Scenario = {
  rows: [90, 40],
  title:
    'The price behind a lookup key is replaced: who has the old one and who buys the new one are both served',
  catalog: byKey,
  async play(stage) {
    const old = await onSale(stage, 'pro', { lookup_key: KEY })
    await subscribeTo(stage, await appCustomer(stage, 'ada'), old)
    await stage.advance({ days: 6 })
    stage.mark()
    const dearer = await onSale(stage, 'pro 2026', {
      unit_amount: 3_900,
      lookup_key: KEY,
      transfer_lookup_key: true,
    })
    expect(stage.only('price.updated')).toMatchObject({
      object: { id: old.id, lookup_key: null },
      previous: { lookup_key: KEY },
    })
    await subscribeTo(stage, await appCustomer(stage, 'bob'), dearer)
    await stage.advanceTo(FIRST_CHARGE + 8 * DAY)
    expect(stage.since('invoice.paid').map(({ object }) => object['amount_paid'])).toEqual([
      3_900, 2_900, 3_900,
    ])
  },
}

const ARCHIVED: Scenario = {
  rows: [90, 40],
  title: 'A price is archived and its product renamed under a subscriber, who renews as before',
  catalog: (stage) =>
    catalogOf(stage, {
      features: { app: { type: 'flag' } },
      products: { pro: { grants: { app: true } } },
    }),
  async play(stage) {
    const price = await onSale(stage, 'pro')
    await subscribeTo(stage, await appCustomer(stage, 'ada'), price)
    await stage.advance({ days: 3 })
    stage.mark()
    await stage.api.prices.update(price.id, { active: false })
    await stage.api.products.update(String(price.product), { name: 'Pro (2025)' })
    expect(stage.types()).toEqual(['price.updated', 'plan.updated', 'product.updated'])
    await stage.advanceTo(FIRST_CHARGE + DAY)
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
  },
}

const MOST_SPECIFIC: Scenario = {
  rows: [1, 29, 90],
  title:
    'A catalog names a product of Stripe, and one of its prices apart: the price has the last word',
  catalog: (stage) => {
    const prices = [...stage.sandbox.world.table('price').values()]
    const product = String(prices.find(({ nickname }) => nickname === 'pro')?.product)
    return catalogOf(stage, {
      features: { app: { type: 'flag' }, audit: { type: 'flag' } },
      products: {
        anyPro: { match: { products: [product] }, grants: { app: true } },
        enterprise: { grants: { app: true, audit: true } },
        poster: { grants: {} },
      },
    })
  },
  async play(stage) {
    const pro = await onSale(stage, 'pro')
    const enterprise = await onSale(stage, 'enterprise', {
      product: String(pro.product),
      unit_amount: 9_900,
    })
    const ada = await appCustomer(stage, 'ada')
    await subscribeTo(stage, ada, pro)
    await subscribeTo(stage, await appCustomer(stage, 'bob'), enterprise)
    await buyOnce(stage, 'poster', await onSaleOnce(stage, 'poster'), { customer: ada })
    expect(stage.since('invoice.paid').map(({ object }) => object['amount_paid'])).toEqual([
      2_900, 9_900,
    ])
    await stage.advance({ days: 2 })
  },
}

const UNKNOWN: Scenario = {
  rows: [8, 90],
  title: 'A price that no product of the catalog matches gives nothing beside one that does',
  catalog: (stage) =>
    catalogOf(stage, {
      features: { app: { type: 'flag' } },
      products: { pro: { grants: { app: true } } },
    }),
  async play(stage) {
    const [pro, mystery] = [await onSale(stage, 'pro'), await onSale(stage, 'mystery')]
    await stage.api.subscriptions.create({
      customer: await appCustomer(stage, 'ada'),
      items: [{ price: pro.id }, { price: mystery.id }],
    })
    const bob = await subscribeTo(stage, await appCustomer(stage, 'bob'), mystery)
    expect(bob.status).toBe('active')
    await stage.advance({ days: 2 })
  },
}

export const PRICE_LISTS: readonly Scenario[] = [KEY_MOVED, ARCHIVED, MOST_SPECIFIC, UNKNOWN]
