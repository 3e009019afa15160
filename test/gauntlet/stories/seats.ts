import { expect } from 'vitest'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { DAY, idOf } from '../../sandbox/scenarios/subscriber.ts'
import { appCustomer, catalogOf, FIRST_CHARGE, HALF_TIME, itemOf, onSale } from './shop.ts'

function bySeat(stage: Stage): CatalogDefinition {
  return catalogOf(stage, {
    features: { app: { type: 'flag' }, seats: { type: 'quantity' }, calls: { type: 'metered' } },
    products: {
      team: { grants: { app: true, seats: 'quantity', calls: { limit: 1_000, per: 'quantity' } } },
    },
  })
}

/** A team that pays for its seats, and a way to change their number. */
async function team(stage: Stage, quantity: number) {
  const price = await onSale(stage, 'team', { unit_amount: 1_000 })
  const customer = await appCustomer(stage, 'acme')
  const sub = await stage.api.subscriptions.create({
    customer,
    items: [{ price: price.id, quantity }],
  })
  const item = itemOf(sub)
  await stage.advanceTo(HALF_TIME)
  stage.mark()
  const change = (seats: number, proration: 'always_invoice' | 'create_prorations' | 'none') =>
    stage.api.subscriptions.update(sub.id, {
      items: [{ id: item, quantity: seats }],
      proration_behavior: proration,
    })
  return { customer, sub, change }
}

const RAISED: Scenario = {
  rows: [59, 53],
  title: 'Seats are raised from two to five and billed at once: five from that minute',
  catalog: bySeat,
  async play(stage) {
    const { change } = await team(stage, 2)
    await change(5, 'always_invoice')
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 1_500 })
    await stage.advance({ days: 2 })
  },
}

const RAISED_UNPAID: Scenario = {
  rows: [59, 55],
  title:
    'Seats are raised from two to five and the card is declined: the two that are paid for remain',
  settings: { retryDays: [20], afterRetries: 'past_due' },
  catalog: bySeat,
  async play(stage) {
    const { customer, change } = await team(stage, 2)
    await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
    await change(5, 'always_invoice')
    expect(stage.only('customer.subscription.updated').object).toMatchObject({
      status: 'past_due',
      items: { data: [{ quantity: 5 }] },
    })
    await stage.advance({ days: 10 })
  },
}

const RAISED_PAID_LATE: Scenario = {
  rows: [59, 55, 45],
  title:
    'Seats are raised on a declined card and paid for three days later: two until then, then five',
  settings: { retryDays: [20], afterRetries: 'past_due' },
  catalog: bySeat,
  async play(stage) {
    const { customer, sub, change } = await team(stage, 2)
    await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
    await change(5, 'always_invoice')
    await stage.advance({ days: 3 })
    await stage.changeCard(customer, 'pm_card_visa')
    const { latest_invoice: latest } = await stage.api.subscriptions.retrieve(sub.id)
    stage.mark()
    await stage.api.invoices.pay(idOf(latest))
    expect(stage.only('customer.subscription.updated').previous).toEqual({ status: 'past_due' })
    await stage.advance({ days: 1 })
  },
}

const LOWERED: Scenario = {
  rows: [59, 54],
  title: 'Seats are lowered from five to two with credit, and the renewal bills two',
  catalog: bySeat,
  async play(stage) {
    const { change } = await team(stage, 5)
    await change(2, 'create_prorations')
    expect(stage.since('invoiceitem.created').map(({ object }) => object['amount'])).toEqual([
      -2_500, 1_000,
    ])
    await stage.advanceTo(FIRST_CHARGE + DAY)
    expect(stage.only('invoice.paid').object).toMatchObject({ total: 500 })
  },
}

const UP_AND_DOWN: Scenario = {
  rows: [59],
  title: 'Seats go up, down and up again within a week, billed with the next cycle',
  catalog: bySeat,
  async play(stage) {
    const { sub, change } = await team(stage, 2)
    await change(6, 'create_prorations')
    await stage.advance({ days: 2 })
    await change(3, 'create_prorations')
    await stage.advance({ days: 3 })
    await change(4, 'create_prorations')
    expect((await stage.api.subscriptions.retrieve(sub.id)).items.data[0]?.quantity).toBe(4)
    await stage.advanceTo(FIRST_CHARGE + DAY)
    expect(stage.only('invoice.paid').object).toMatchObject({
      billing_reason: 'subscription_cycle',
    })
  },
}

export const SEATS: readonly Scenario[] = [
  RAISED,
  RAISED_UNPAID,
  RAISED_PAID_LATE,
  LOWERED,
  UP_AND_DOWN,
]
