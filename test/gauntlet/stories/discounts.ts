import { expect } from 'vitest'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { DAY, SECOND_RENEWAL } from '../../sandbox/scenarios/subscriber.ts'
import { appCustomer, catalogOf, FIRST_CHARGE, onSale, subscribeTo } from './shop.ts'

function onePlan(stage: Stage): CatalogDefinition {
  return catalogOf(stage, {
    features: { app: { type: 'flag' } },
    products: { pro: { grants: { app: true } } },
  })
}

const FREE_MONTHS: Scenario = {
  rows: [34, 40],
  title: 'Two months by a coupon of everything, the third by card',
  catalog: onePlan,
  async play(stage) {
    const price = await onSale(stage, 'pro')
    const coupon = await stage.api.coupons.create({
      percent_off: 100,
      duration: 'repeating',
      duration_in_months: 2,
    })
    const sub = await subscribeTo(stage, await appCustomer(stage, 'ada'), price, {
      discounts: [{ coupon: coupon.id }],
    })
    expect(sub.status).toBe('active')
    await stage.advanceTo(SECOND_RENEWAL + 2 * DAY)
    expect(stage.since('invoice.paid').map(({ object }) => object['amount_paid'])).toEqual([
      0, 0, 2_900,
    ])
  },
}

const FREE_THEN_DECLINED: Scenario = {
  rows: [34, 41],
  title: 'A free month by coupon, and the first bill that costs is declined: grace like any other',
  settings: { retryDays: [20], afterRetries: 'past_due' },
  catalog: onePlan,
  async play(stage) {
    const price = await onSale(stage, 'pro')
    const coupon = await stage.api.coupons.create({ percent_off: 100, duration: 'once' })
    const customer = await appCustomer(stage, 'ada', 'pm_card_chargeCustomerFail')
    const sub = await subscribeTo(stage, customer, price, { discounts: [{ coupon: coupon.id }] })
    expect(sub.status).toBe('active')
    await stage.advanceTo(FIRST_CHARGE)
    expect(stage.last('invoice.payment_failed').object).toMatchObject({ amount_due: 2_900 })
    await stage.advance({ days: 8 })
  },
}

const ONCE: Scenario = {
  rows: [1, 40],
  title: 'A coupon takes ten off the first month only: 19.00, then 29.00',
  catalog: onePlan,
  async play(stage) {
    const price = await onSale(stage, 'pro')
    const coupon = await stage.api.coupons.create({
      amount_off: 1_000,
      currency: 'usd',
      duration: 'once',
    })
    await subscribeTo(stage, await appCustomer(stage, 'ada'), price, {
      discounts: [{ coupon: coupon.id }],
    })
    await stage.advanceTo(FIRST_CHARGE + DAY)
    expect(stage.since('invoice.paid').map(({ object }) => object['amount_paid'])).toEqual([
      1_900, 2_900,
    ])
  },
}

const CREDIT_FOR_RENEWAL: Scenario = {
  rows: [87, 40],
  title: 'Credit given for an outage pays the whole next renewal, though the card is dead',
  catalog: onePlan,
  async play(stage) {
    const price = await onSale(stage, 'pro')
    const customer = await appCustomer(stage, 'ada')
    await subscribeTo(stage, customer, price)
    await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
    await stage.api.customers.createBalanceTransaction(customer, {
      amount: -3_000,
      currency: 'usd',
    })
    stage.mark()
    await stage.advanceTo(FIRST_CHARGE + DAY)
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_due: 0, amount_paid: 0 })
    stage.none('charge.succeeded', 'charge.failed')
  },
}

const CREDIT_NOTE: Scenario = {
  rows: [77, 87],
  title:
    'A credit note puts half a month to the balance, and the next renewal costs that much less',
  catalog: onePlan,
  async play(stage) {
    const price = await onSale(stage, 'pro')
    const customer = await appCustomer(stage, 'ada')
    const sub = await subscribeTo(stage, customer, price)
    await stage.advance({ days: 6 })
    await stage.api.creditNotes.create({
      invoice: String(sub.latest_invoice),
      amount: 1_450,
      credit_amount: 1_450,
    })
    expect(stage.last('customer.updated').object).toMatchObject({ balance: -1_450 })
    stage.mark()
    await stage.advanceTo(FIRST_CHARGE + DAY)
    expect(stage.only('invoice.paid').object).toMatchObject({ total: 2_900, amount_paid: 1_450 })
  },
}

export const DISCOUNTS: readonly Scenario[] = [
  FREE_MONTHS,
  FREE_THEN_DECLINED,
  ONCE,
  CREDIT_FOR_RENEWAL,
  CREDIT_NOTE,
]
