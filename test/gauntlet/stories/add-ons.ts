import { expect } from 'vitest'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { DAY, FIRST_RENEWAL, SECOND_RENEWAL } from '../../sandbox/scenarios/subscriber.ts'
import { appCustomer, catalogOf, FIRST_CHARGE, itemOf, onSale, onSaleOnce } from './shop.ts'

function withAddOns(stage: Stage): CatalogDefinition {
  return catalogOf(stage, {
    features: {
      app: { type: 'flag' },
      support: { type: 'flag' },
      projects: { type: 'quantity' },
      course: { type: 'flag' },
    },
    products: {
      base: { grants: { app: true, projects: 10 } },
      support: { grants: { support: true } },
      projects: { grants: { projects: 'quantity' } },
      course: { grants: { course: true } },
    },
  })
}

/** A yearly plan with support by the month in one subscription. */
async function yearlyWithSupport(stage: Stage) {
  const base = await onSale(stage, 'base', { unit_amount: 29_000, recurring: { interval: 'year' } })
  const support = await onSale(stage, 'support', { unit_amount: 900 })
  const customer = await appCustomer(stage, 'ada')
  const sub = await stage.api.subscriptions.create({
    customer,
    items: [{ price: base.id }, { price: support.id }],
  })
  return { base, support, customer, sub }
}

const YEARLY: Scenario = {
  rows: [8, 40],
  title: 'A plan by the year with an add-on by the month: each renews by its own period',
  catalog: withAddOns,
  async play(stage) {
    const { sub } = await yearlyWithSupport(stage)
    expect(sub.items.data.map((item) => item.current_period_end)).toEqual([
      sub.start_date + 365 * DAY,
      FIRST_RENEWAL,
    ])
    await stage.advanceTo(SECOND_RENEWAL + 2 * DAY)
    expect(stage.since('invoice.paid').map(({ object }) => object['amount_paid'])).toEqual([
      29_900, 900, 900,
    ])
  },
}

const ADD_ON_UNPAID: Scenario = {
  rows: [8, 41],
  title:
    'The monthly add-on of a yearly plan is not paid: it is lost after the grace, the plan is not',
  settings: { retryDays: [20], afterRetries: 'past_due' },
  catalog: withAddOns,
  async play(stage) {
    const { customer, sub } = await yearlyWithSupport(stage)
    await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
    await stage.advanceTo(FIRST_CHARGE)
    expect(stage.last('invoice.payment_failed').object).toMatchObject({ amount_due: 900 })
    expect((await stage.api.subscriptions.retrieve(sub.id)).status).toBe('past_due')
    await stage.advance({ days: 10 })
  },
}

const ADD_ON_REMOVED: Scenario = {
  rows: [8, 54],
  title: 'An add-on is taken off a running plan, with credit for what is left of its month',
  catalog: withAddOns,
  async play(stage) {
    const base = await onSale(stage, 'base')
    const projects = await onSale(stage, 'projects', { unit_amount: 200 })
    const customer = await appCustomer(stage, 'ada')
    const sub = await stage.api.subscriptions.create({
      customer,
      items: [{ price: base.id }, { price: projects.id, quantity: 5 }],
    })
    await stage.advance({ days: 14 })
    stage.mark()
    await stage.api.subscriptionItems.del(itemOf(sub, projects))
    expect(stage.only('invoiceitem.created').object).toMatchObject({ amount: -500 })
    expect(stage.only('customer.subscription.updated').object).toMatchObject({
      items: { data: [{ price: { id: base.id } }] },
    })
    await stage.advanceTo(FIRST_CHARGE + DAY)
    expect(stage.only('invoice.paid').object).toMatchObject({ total: 2_400 })
  },
}

const ADD_ON_SEPARATE: Scenario = {
  rows: [61, 63, 93],
  title:
    'An add-on that is a subscription of its own is canceled for its end, and the base goes on',
  catalog: withAddOns,
  async play(stage) {
    const base = await onSale(stage, 'base')
    const projects = await onSale(stage, 'projects', { unit_amount: 200 })
    const customer = await appCustomer(stage, 'ada')
    await stage.api.subscriptions.create({ customer, items: [{ price: base.id }] })
    await stage.advance({ days: 4 })
    const extra = await stage.api.subscriptions.create({
      customer,
      items: [{ price: projects.id, quantity: 15 }],
    })
    await stage.advance({ days: 4 })
    await stage.api.subscriptions.update(extra.id, { cancel_at_period_end: true })
    stage.mark()
    await stage.advance({ days: 26 })
    expect(stage.only('customer.subscription.deleted').object).toMatchObject({ id: extra.id })
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
  },
}

const ALONG_THE_WAY: Scenario = {
  rows: [1, 8],
  title:
    'A course sold once along with a subscription in one Checkout stays when the subscription ends',
  catalog: withAddOns,
  async play(stage) {
    const base = await onSale(stage, 'base')
    const course = await onSaleOnce(stage, 'course')
    const customer = await appCustomer(stage, 'ada')
    const session = await stage.checkout({
      customer,
      line_items: [
        { price: base.id, quantity: 1 },
        { price: course.id, quantity: 1 },
      ],
    })
    const { subscription } = await stage.sandbox.pay(session)
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 7_800 })
    await stage.advance({ days: 12 })
    await stage.api.subscriptions.cancel(String(subscription))
    stage.only('customer.subscription.deleted')
    await stage.advance({ days: 3 })
  },
}

const ADDED_LATER: Scenario = {
  rows: [53, 55, 8],
  title:
    'An add-on is added to a running plan and its bill is declined: the plan stays, the add-on waits',
  settings: { retryDays: [20], afterRetries: 'past_due' },
  catalog: withAddOns,
  async play(stage) {
    const base = await onSale(stage, 'base')
    const support = await onSale(stage, 'support', { unit_amount: 900 })
    const customer = await appCustomer(stage, 'ada')
    const sub = await stage.api.subscriptions.create({ customer, items: [{ price: base.id }] })
    await stage.advance({ days: 14 })
    await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
    stage.mark()
    const more = await stage.api.subscriptions.update(sub.id, {
      items: [{ price: support.id }],
      proration_behavior: 'always_invoice',
    })
    expect(more.status).toBe('past_due')
    expect(stage.only('invoice.payment_failed').object).toMatchObject({ amount_due: 450 })
    await stage.advance({ days: 3 })
    await stage.changeCard(customer, 'pm_card_visa')
    await stage.api.invoices.pay(String(more.latest_invoice))
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 450 })
    await stage.advance({ days: 2 })
  },
}

export const ADD_ONS: readonly Scenario[] = [
  YEARLY,
  ADDED_LATER,
  ADD_ON_UNPAID,
  ADD_ON_REMOVED,
  ADD_ON_SEPARATE,
  ALONG_THE_WAY,
]
