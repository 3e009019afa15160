import { expect } from 'vitest'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { DAY } from '../../sandbox/scenarios/subscriber.ts'
import { onTier, tiers } from './plan-changes.ts'
import { FIRST_CHARGE, HALF_TIME } from './shop.ts'

/** Asks for the big plan by a card that is declined; the change waits for its money. */
async function waiting(stage: Stage) {
  const ada = await onTier(stage, 'basic')
  await stage.changeCard(ada.customer, 'pm_card_chargeCustomerFail')
  await stage.advanceTo(HALF_TIME)
  stage.mark()
  await stage.api.subscriptions.update(ada.sub.id, {
    items: [{ id: ada.item, price: ada.team.id }],
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
  })
  const bill = stage.only('invoice.payment_failed').object
  expect(stage.only('customer.subscription.updated').object).toMatchObject({
    status: 'active',
    items: { data: [{ price: { id: ada.basic.id } }] },
  })
  return { ...ada, bill: String(bill['id']) }
}

const PAID: Scenario = {
  rows: [56, 57],
  title: 'An upgrade waits for its money and gets it by another card: the big plan from that hour',
  catalog: tiers,
  async play(stage) {
    const { customer, bill, sub, team } = await waiting(stage)
    await stage.advance({ hours: 5 })
    await stage.changeCard(customer, 'pm_card_visa')
    stage.mark()
    await stage.api.invoices.pay(bill)
    stage.only('customer.subscription.pending_update_applied')
    await stage.advance({ days: 3 })
    const { items } = await stage.api.subscriptions.retrieve(sub.id)
    expect(items.data[0]?.price.id).toBe(team.id)
  },
}

const EXPIRED: Scenario = {
  rows: [56, 58, 40],
  title:
    'An upgrade waits for its money in vain: the small plan all the while, and renewed as such',
  catalog: tiers,
  async play(stage) {
    const { customer, bill } = await waiting(stage)
    stage.mark()
    await stage.advance({ hours: 23 })
    stage.only('customer.subscription.pending_update_expired')
    expect(stage.only('invoice.voided').object).toMatchObject({ id: bill })
    await stage.changeCard(customer, 'pm_card_visa')
    await stage.advanceTo(FIRST_CHARGE + DAY)
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
  },
}

const ASKED_AGAIN: Scenario = {
  rows: [56, 58, 53],
  title: 'An upgrade that expired unpaid is asked for again with a good card',
  catalog: tiers,
  async play(stage) {
    const { customer, sub, item, team } = await waiting(stage)
    await stage.advance({ hours: 24 })
    await stage.changeCard(customer, 'pm_card_visa')
    stage.mark()
    await stage.api.subscriptions.update(sub.id, {
      items: [{ id: item, price: team.id }],
      proration_behavior: 'always_invoice',
      payment_behavior: 'pending_if_incomplete',
    })
    stage.none('invoice.payment_failed')
    expect(stage.only('invoice.paid').object).toMatchObject({
      billing_reason: 'subscription_update',
      status: 'paid',
    })
    await stage.advance({ days: 5 })
  },
}

export const PENDING_UPGRADES: readonly Scenario[] = [PAID, EXPIRED, ASKED_AGAIN]
