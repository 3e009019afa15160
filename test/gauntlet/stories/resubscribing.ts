import { expect } from 'vitest'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { idOf } from '../../sandbox/scenarios/subscriber.ts'
import { appCustomer, catalogOf, FIRST_CHARGE, onSale, subscribeTo } from './shop.ts'

function plans(stage: Stage): CatalogDefinition {
  return catalogOf(stage, {
    features: { export: { type: 'flag' }, seats: { type: 'quantity' } },
    products: { pro: { grants: { export: true, seats: 'quantity' } } },
  })
}

/** Past due since the first renewal, by a card that is then replaced. */
async function owing(stage: Stage) {
  const price = await onSale(stage, 'pro')
  const customer = await appCustomer(stage, 'ada')
  const sub = await subscribeTo(stage, customer, price)
  await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
  await stage.advanceTo(FIRST_CHARGE)
  const owed = String(stage.last('invoice.payment_failed').object['id'])
  await stage.changeCard(customer, 'pm_card_visa')
  return { price, customer, sub, owed }
}

const PAID_LATE: Scenario = {
  rows: [41, 64],
  title:
    'Canceled with a bill open, subscribed anew, and the old bill paid after all: the new one alone counts',
  catalog: plans,
  async play(stage) {
    const { price, customer, sub, owed } = await owing(stage)
    await stage.advance({ hours: 12 })
    await stage.api.subscriptions.cancel(sub.id)
    await stage.advance({ days: 1 })
    const again = await subscribeTo(stage, customer, price, {
      items: [{ price: price.id, quantity: 2 }],
    })
    expect(again.id).not.toBe(sub.id)
    expect(again.status).toBe('active')
    await stage.advance({ days: 3 })
    stage.mark()
    await stage.api.invoices.pay(owed)
    expect(stage.only('invoice.paid').object).toMatchObject({ id: owed, amount_paid: 2_900 })
    stage.none('customer.subscription.updated')
    await stage.advance({ days: 5 })
  },
}

const NOT_REVIVED: Scenario = {
  rows: [41, 64],
  title: 'Canceled with a bill open, which is paid a week later: the money revives nothing',
  catalog: plans,
  async play(stage) {
    const { sub, owed } = await owing(stage)
    await stage.api.subscriptions.cancel(sub.id)
    await stage.advance({ days: 7 })
    stage.mark()
    await stage.api.invoices.pay(owed)
    expect(stage.only('invoice.paid').object).toMatchObject({ id: owed, status: 'paid' })
    expect((await stage.api.subscriptions.retrieve(sub.id)).status).toBe('canceled')
    await stage.advance({ days: 1 })
  },
}

const TWICE: Scenario = {
  rows: [64, 93],
  title: 'Subscribed twice to one product by mistake: one is canceled, the other goes on serving',
  catalog: plans,
  async play(stage) {
    const price = await onSale(stage, 'pro')
    const customer = await appCustomer(stage, 'ada')
    const first = await subscribeTo(stage, customer, price, {
      items: [{ price: price.id, quantity: 3 }],
    })
    await stage.advance({ days: 3 })
    const second = await subscribeTo(stage, customer, price, {
      items: [{ price: price.id, quantity: 2 }],
    })
    await stage.advance({ days: 4 })
    stage.mark()
    await stage.api.subscriptions.cancel(first.id)
    expect(stage.only('customer.subscription.deleted').object).toMatchObject({ id: first.id })
    await stage.advance({ days: 26 })
    const { latest_invoice: latest, status } = await stage.api.subscriptions.retrieve(second.id)
    expect(status).toBe('active')
    expect(stage.last('invoice.paid').object).toMatchObject({
      id: idOf(latest),
      amount_paid: 5_800,
    })
  },
}

const AFTER_INCOMPLETE: Scenario = {
  rows: [50, 51],
  title:
    'A first attempt is declined and left to expire, a second by another card begins the subscription',
  catalog: plans,
  async play(stage) {
    const price = await onSale(stage, 'pro')
    const customer = await appCustomer(stage, 'ada', 'pm_card_chargeCustomerFail')
    const first = await subscribeTo(stage, customer, price)
    expect(first.status).toBe('incomplete')
    await stage.changeCard(customer, 'pm_card_visa')
    const second = await subscribeTo(stage, customer, price)
    expect(second.status).toBe('active')
    stage.mark()
    await stage.advance({ days: 1 })
    expect(stage.only('customer.subscription.updated').object).toMatchObject({
      id: first.id,
      status: 'incomplete_expired',
    })
  },
}

export const RESUBSCRIBING: readonly Scenario[] = [PAID_LATE, NOT_REVIVED, TWICE, AFTER_INCOMPLETE]
