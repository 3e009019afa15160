import { expect } from 'vitest'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { DAY, FIRST_RENEWAL, SECOND_RENEWAL } from '../../sandbox/scenarios/subscriber.ts'
import {
  appCustomer,
  buyOnce,
  catalogOf,
  FIRST_CHARGE,
  onSale,
  onSaleOnce,
  subscribeTo,
} from './shop.ts'

function planAndMore(stage: Stage): CatalogDefinition {
  return catalogOf(stage, {
    features: { app: { type: 'flag' }, archive: { type: 'flag' } },
    products: {
      pro: { grants: { app: true } },
      lifetime: { grants: { app: true } },
      archive: { grants: { archive: true }, duration: { days: 90 } },
    },
  })
}

async function subscribed(stage: Stage) {
  const customer = await appCustomer(stage, 'ada')
  const sub = await subscribeTo(stage, customer, await onSale(stage, 'pro'))
  await stage.advance({ days: 10 })
  stage.mark()
  return { customer, sub }
}

const UNDONE: Scenario = {
  rows: [61, 62, 40],
  title:
    'A cancellation for the end of the period is taken back a day before it, and the renewal is paid',
  catalog: planAndMore,
  async play(stage) {
    const { sub } = await subscribed(stage)
    await stage.api.subscriptions.update(sub.id, { cancel_at_period_end: true })
    expect(stage.only('customer.subscription.updated').object).toMatchObject({
      cancel_at_period_end: true,
      status: 'active',
    })
    await stage.advanceTo(FIRST_RENEWAL - DAY)
    await stage.api.subscriptions.update(sub.id, { cancel_at_period_end: false })
    await stage.advanceTo(FIRST_CHARGE + DAY)
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
    stage.none('customer.subscription.deleted')
  },
}

const NEXT_MONTH: Scenario = {
  rows: [61, 40, 63],
  title: 'Canceled for a day in the next period, which is billed first and ended in its middle',
  catalog: planAndMore,
  async play(stage) {
    const { sub } = await subscribed(stage)
    const end = FIRST_RENEWAL + 15 * DAY
    await stage.api.subscriptions.update(sub.id, { cancel_at: end })
    await stage.advanceTo(FIRST_CHARGE)
    expect(stage.only('invoice.paid').object).toMatchObject({
      billing_reason: 'subscription_cycle',
    })
    await stage.advanceTo(end + DAY)
    expect(stage.only('customer.subscription.deleted').object).toMatchObject({ ended_at: end })
  },
}

const CUSTOMER_GONE: Scenario = {
  rows: [89, 29],
  title: 'A customer is deleted: the subscription ends with it, the ninety days of archive run on',
  catalog: planAndMore,
  async play(stage) {
    const { customer, sub } = await subscribed(stage)
    await buyOnce(stage, 'archive', await onSaleOnce(stage, 'archive'), {
      customer,
      metadata: { customer_id: 'ada' },
    })
    await stage.advance({ days: 8 })
    stage.mark()
    await stage.api.customers.del(customer)
    expect(stage.types()).toEqual(['customer.subscription.deleted', 'customer.deleted'])
    expect(stage.only('customer.subscription.deleted').object).toMatchObject({ id: sub.id })
    await stage.advance({ days: 30 })
  },
}

const LIFETIME: Scenario = {
  rows: [29, 64],
  title: 'A subscriber buys the same for life and then cancels: nothing is lost',
  catalog: planAndMore,
  async play(stage) {
    const { customer, sub } = await subscribed(stage)
    await buyOnce(stage, 'lifetime', await onSaleOnce(stage, 'lifetime', { unit_amount: 30_000 }), {
      customer,
    })
    expect(stage.only('charge.succeeded').object).toMatchObject({ amount: 30_000 })
    await stage.advance({ days: 1 })
    await stage.api.subscriptions.cancel(sub.id)
    stage.only('customer.subscription.deleted')
    await stage.advanceTo(SECOND_RENEWAL)
  },
}

const LIFETIME_REFUNDED: Scenario = {
  rows: [29, 74, 40],
  title: 'A subscriber buys the same for life and has it refunded: the subscription still serves',
  catalog: planAndMore,
  async play(stage) {
    const { customer } = await subscribed(stage)
    const price = await onSaleOnce(stage, 'lifetime', { unit_amount: 30_000 })
    const { charge } = await buyOnce(stage, 'lifetime', price, { customer })
    await stage.advance({ days: 3 })
    await stage.api.refunds.create({ charge })
    expect(stage.only('charge.refunded').object).toMatchObject({ amount_refunded: 30_000 })
    await stage.advanceTo(FIRST_CHARGE + DAY)
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
  },
}

const WITH_CREDIT: Scenario = {
  rows: [64, 87],
  title: 'Canceled at once with credit for the rest, which then pays part of a new subscription',
  catalog: planAndMore,
  async play(stage) {
    const { customer, sub } = await subscribed(stage)
    await stage.api.subscriptions.cancel(sub.id, { prorate: true, invoice_now: true })
    stage.only('customer.subscription.deleted')
    await stage.advance({ hours: 2 })
    const { balance } = (await stage.api.customers.retrieve(customer)) as { balance: number }
    expect(balance).toBeLessThan(0)
    await stage.advance({ days: 6 })
    stage.mark()
    const price = sub.items.data[0]?.price.id ?? ''
    await stage.api.subscriptions.create({ customer, items: [{ price }] })
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 + balance })
    await stage.advance({ days: 1 })
  },
}

export const ENDINGS: readonly Scenario[] = [
  UNDONE,
  NEXT_MONTH,
  CUSTOMER_GONE,
  LIFETIME,
  LIFETIME_REFUNDED,
  WITH_CREDIT,
]
