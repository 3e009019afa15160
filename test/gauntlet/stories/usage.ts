import { expect } from 'vitest'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import { useCalls } from '../../sandbox/scenarios/buying-usage.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { DAY, FIRST_RENEWAL } from '../../sandbox/scenarios/subscriber.ts'
import { appCustomer, catalogOf, FIRST_CHARGE, onSale } from './shop.ts'

function metered(stage: Stage): CatalogDefinition {
  return catalogOf(stage, {
    features: { app: { type: 'flag' }, api: { type: 'flag' } },
    products: { base: { grants: { app: true } }, calls: { grants: { api: true } } },
  })
}

/** A cent a call. */
async function calls(stage: Stage) {
  const meter = await stage.api.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  })
  return onSale(stage, 'calls', {
    unit_amount: 1,
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
  })
}

const MIXED: Scenario = {
  rows: [8, 38],
  title: 'A base fee in advance and calls in arrears in one subscription, over two paid cycles',
  catalog: metered,
  async play(stage) {
    const [base, usage] = [await onSale(stage, 'base'), await calls(stage)]
    const customer = await appCustomer(stage, 'ada')
    await stage.api.subscriptions.create({
      customer,
      items: [{ price: base.id }, { price: usage.id }],
    })
    await useCalls(stage, customer, 700)
    await stage.advanceTo(FIRST_CHARGE)
    expect(stage.last('invoice.paid').object).toMatchObject({ amount_paid: 3_600 })
    await useCalls(stage, customer, 100)
    await stage.advance({ days: 34 })
    expect(stage.last('invoice.paid').object).toMatchObject({ amount_paid: 3_000 })
  },
}

const MIXED_UNPAID: Scenario = {
  rows: [8, 38, 41, 45],
  title: 'A bill of base fee and calls is declined, and is paid on the third day of grace',
  settings: { retryDays: [20] },
  catalog: metered,
  async play(stage) {
    const [base, usage] = [await onSale(stage, 'base'), await calls(stage)]
    const customer = await appCustomer(stage, 'ada')
    await stage.api.subscriptions.create({
      customer,
      items: [{ price: base.id }, { price: usage.id }],
    })
    await useCalls(stage, customer, 700)
    await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
    await stage.advanceTo(FIRST_CHARGE)
    const owed = stage.last('invoice.payment_failed').object
    expect(owed).toMatchObject({ amount_due: 3_600 })
    await stage.advance({ days: 3 })
    await stage.changeCard(customer, 'pm_card_visa')
    await stage.api.invoices.pay(String(owed['id']))
    expect(stage.last('customer.subscription.updated').object['status']).toBe('active')
    await stage.advance({ days: 10 })
  },
}

function inArrears(pays: boolean): Scenario {
  return {
    rows: [36, 38, 41],
    title: `Calls alone, billed in arrears: the first bill is declined and ${pays ? 'paid after the grace' : 'never paid'}`,
    settings: { retryDays: [25], afterRetries: 'past_due' },
    catalog: metered,
    async play(stage) {
      const usage = await calls(stage)
      const customer = await appCustomer(stage, 'ada')
      const sub = await stage.api.subscriptions.create({ customer, items: [{ price: usage.id }] })
      expect(sub.latest_invoice).toBeNull()
      await useCalls(stage, customer, 1_200)
      await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
      await stage.advanceTo(FIRST_CHARGE)
      const owed = stage.last('invoice.payment_failed').object
      expect(owed).toMatchObject({ amount_due: 1_200, status: 'open' })
      await stage.advance({ days: 9 })
      if (!pays) return
      await stage.changeCard(customer, 'pm_card_visa')
      await stage.api.invoices.pay(String(owed['id']))
      expect(stage.last('customer.subscription.updated').object['status']).toBe('active')
      await stage.advance({ days: 2 })
    },
  }
}

const THRESHOLD: Scenario = {
  rows: [38, 40],
  title:
    'Calls reach their threshold midway and are billed at once; the cycle bills the rest with the base fee',
  catalog: metered,
  async play(stage) {
    const [base, usage] = [await onSale(stage, 'base'), await calls(stage)]
    const customer = await appCustomer(stage, 'ada')
    await stage.api.subscriptions.create({
      customer,
      items: [{ price: base.id }, { price: usage.id }],
      billing_thresholds: { amount_gte: 1_000 },
    })
    await stage.advance({ days: 10 })
    stage.mark()
    await useCalls(stage, customer, 1_050)
    await stage.advance({ hours: 2 })
    expect(stage.only('invoice.paid').object).toMatchObject({
      billing_reason: 'subscription_threshold',
      amount_paid: 1_050,
    })
    await useCalls(stage, customer, 30)
    await stage.advanceTo(FIRST_RENEWAL + 2 * DAY)
    expect(stage.last('invoice.paid').object).toMatchObject({ amount_paid: 2_930 })
  },
}

export const USAGE: readonly Scenario[] = [
  MIXED,
  MIXED_UNPAID,
  inArrears(true),
  inArrears(false),
  THRESHOLD,
]
