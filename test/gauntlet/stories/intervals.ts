import { expect } from 'vitest'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import { at, type Stage } from '../../sandbox/scenarios/stage.ts'
import { DAY, FIRST_RENEWAL, HOUR } from '../../sandbox/scenarios/subscriber.ts'
import {
  appCustomer,
  catalogOf,
  FIRST_CHARGE,
  HALF_TIME,
  itemOf,
  onSale,
  subscribeTo,
} from './shop.ts'

function bothIntervals(stage: Stage): CatalogDefinition {
  return catalogOf(stage, {
    features: { app: { type: 'flag' }, api: { type: 'flag' } },
    products: {
      monthly: { grants: { app: true } },
      yearly: { grants: { app: true, api: true } },
    },
  })
}

async function monthly(stage: Stage) {
  const price = await onSale(stage, 'monthly')
  const yearly = await onSale(stage, 'yearly', {
    unit_amount: 29_000,
    recurring: { interval: 'year' },
  })
  const customer = await appCustomer(stage, 'ada')
  const sub = await subscribeTo(stage, customer, price)
  await stage.advanceTo(HALF_TIME)
  stage.mark()
  return { yearly, customer, sub, item: itemOf(sub) }
}

const TO_YEARS: Scenario = {
  rows: [53, 60],
  title: 'From months to years in the middle of a month, paid at once and from that day on',
  catalog: bothIntervals,
  async play(stage) {
    const { yearly, sub, item } = await monthly(stage)
    await stage.api.subscriptions.update(sub.id, {
      items: [{ id: item, price: yearly.id }],
      proration_behavior: 'always_invoice',
      billing_cycle_anchor: { type: 'now' },
    })
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 29_000 - 1_450 })
    expect((await stage.api.subscriptions.retrieve(sub.id)).items.data[0]).toMatchObject({
      current_period_end: at('2027-02-14T09:00:00Z'),
    })
    await stage.advance({ days: 60 })
  },
}

const TO_YEARS_UNPAID: Scenario = {
  rows: [55, 60],
  title: 'From months to years on a declined card: the paid month stands, the year is not served',
  settings: { retryDays: [25], afterRetries: 'past_due' },
  catalog: bothIntervals,
  async play(stage) {
    const { yearly, customer, sub, item } = await monthly(stage)
    await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
    const changed = await stage.api.subscriptions.update(sub.id, {
      items: [{ id: item, price: yearly.id }],
      proration_behavior: 'always_invoice',
      billing_cycle_anchor: { type: 'now' },
    })
    expect(changed.status).toBe('past_due')
    expect(stage.only('invoice.payment_failed').object).toMatchObject({ amount_due: 27_550 })
    await stage.advance({ days: 5 })
  },
}

const TRIAL_AGAIN: Scenario = {
  rows: [19, 13],
  title:
    'A paying subscriber is given a trial of two weeks for an outage, and pays when it is over',
  catalog: bothIntervals,
  async play(stage) {
    const { sub } = await monthly(stage)
    await stage.api.subscriptions.update(sub.id, {
      trial_end: FIRST_RENEWAL + 14 * DAY,
      proration_behavior: 'none',
    })
    expect(stage.last('customer.subscription.updated').object).toMatchObject({ status: 'trialing' })
    await stage.advanceTo(FIRST_RENEWAL + 14 * DAY + HOUR)
    expect(stage.last('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
    await stage.advance({ days: 3 })
  },
}

const CANCEL_WHILE_DUE: Scenario = {
  rows: [41, 61, 63],
  title:
    'A debtor cancels for the end of the period, in grace and out of it until the subscription ends',
  settings: { retryDays: [25], afterRetries: 'past_due' },
  catalog: bothIntervals,
  async play(stage) {
    const { customer, sub } = await monthly(stage)
    await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
    await stage.advanceTo(FIRST_CHARGE + DAY)
    await stage.api.subscriptions.update(sub.id, { cancel_at_period_end: true })
    expect(stage.last('customer.subscription.updated').object).toMatchObject({
      status: 'past_due',
      cancel_at_period_end: true,
    })
    await stage.advance({ days: 32 })
    stage.only('customer.subscription.deleted')
  },
}

const GONE_WHILE_DUE: Scenario = {
  rows: [41, 89],
  title: 'A debtor in grace is deleted as a customer: no grace any more',
  catalog: bothIntervals,
  async play(stage) {
    const { customer } = await monthly(stage)
    await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
    await stage.advanceTo(FIRST_CHARGE + HOUR)
    stage.mark()
    await stage.api.customers.del(customer)
    stage.inOrder('customer.subscription.deleted', 'customer.deleted')
    await stage.advance({ days: 1 })
  },
}

export const INTERVALS: readonly Scenario[] = [
  TO_YEARS,
  TO_YEARS_UNPAID,
  TRIAL_AGAIN,
  CANCEL_WHILE_DUE,
  GONE_WHILE_DUE,
]
