import { expect } from 'vitest'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { appCustomer, buyOnce, catalogOf, onSaleOnce } from './shop.ts'

const DAYS = 30

function passes(stage: Stage): CatalogDefinition {
  return catalogOf(stage, {
    features: { export: { type: 'flag' }, projects: { type: 'quantity' } },
    products: { pass: { grants: { export: true, projects: 5 }, duration: { days: DAYS } } },
  })
}

const STACKED: Scenario = {
  rows: [29],
  title: 'A pass bought while another runs begins where that one ends',
  catalog: passes,
  async play(stage) {
    const price = await onSaleOnce(stage, 'pass')
    const customer = await appCustomer(stage, 'ada')
    await buyOnce(stage, 'pass', price, { customer })
    await stage.advance({ days: 20 })
    await buyOnce(stage, 'pass', price, { customer })
    expect(
      stage.since('checkout.session.completed').map(({ object }) => object['payment_status']),
    ).toEqual(['paid', 'paid'])
    // Ten days of the first are left: the second runs from day 30 to day 60.
    await stage.advance({ days: 35 })
  },
}

const LAPSED: Scenario = {
  rows: [29],
  title: 'A pass bought a week after the last one ran out counts from the day it was paid',
  catalog: passes,
  async play(stage) {
    const price = await onSaleOnce(stage, 'pass')
    const customer = await appCustomer(stage, 'ada')
    await buyOnce(stage, 'pass', price, { customer })
    await stage.advance({ days: DAYS + 7 })
    stage.mark()
    await buyOnce(stage, 'pass', price, { customer })
    expect(stage.only('payment_intent.succeeded').object).toMatchObject({ amount_received: 4_900 })
    await stage.advance({ days: 29 })
  },
}

function refunded(which: 'first' | 'second'): Scenario {
  const rest =
    which === 'first' ? 'the second counts from its own day' : 'the first runs out as it would have'
  return {
    rows: [29, 74],
    title: `Of two passes the ${which} is refunded: ${rest}`,
    catalog: passes,
    async play(stage) {
      const price = await onSaleOnce(stage, 'pass')
      const customer = await appCustomer(stage, 'ada')
      const first = await buyOnce(stage, 'pass', price, { customer })
      await stage.advance({ days: 10 })
      const second = await buyOnce(stage, 'pass', price, { customer })
      await stage.advance({ days: 2 })
      stage.mark()
      await stage.api.refunds.create({ charge: (which === 'first' ? first : second).charge })
      expect(stage.only('charge.refunded').object).toMatchObject({ refunded: true })
      // Day 35: past the first, within the second counted from its own day, 10 to 40.
      await stage.advance({ days: 23 })
    },
  }
}

const BY_DEBIT: Scenario = {
  rows: [28],
  title: 'A pass paid by bank debit counts from the day the money came, not from the order',
  settings: { bankDebitSeconds: 5 * 86_400 },
  catalog: passes,
  async play(stage) {
    const price = await onSaleOnce(stage, 'pass', { currency: 'eur' })
    const customer = await appCustomer(stage, 'ada')
    const { session } = await buyOnce(stage, 'pass', price, {
      customer,
      allowed_payment_method_types: ['sepa_debit'],
      paymentMethod: 'pm_sepaDebit_success_de',
    })
    expect(session.payment_status).toBe('unpaid')
    await stage.advance({ days: 5 })
    expect(stage.only('checkout.session.async_payment_succeeded').object).toMatchObject({
      payment_status: 'paid',
    })
    // Day 33 since the order is day 28 since the money.
    await stage.advance({ days: 28 })
  },
}

export const PASSES: readonly Scenario[] = [
  STACKED,
  LAPSED,
  refunded('first'),
  refunded('second'),
  BY_DEBIT,
]
