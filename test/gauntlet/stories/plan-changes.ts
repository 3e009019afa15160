import { expect } from 'vitest'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { DAY, FIRST_RENEWAL } from '../../sandbox/scenarios/subscriber.ts'
import {
  appCustomer,
  catalogOf,
  FIRST_CHARGE,
  HALF_TIME,
  itemOf,
  onSale,
  subscribeTo,
} from './shop.ts'

/** Both tiers export; the second audits too. */
export function tiers(stage: Stage): CatalogDefinition {
  return catalogOf(stage, {
    features: { export: { type: 'flag' }, audit: { type: 'flag' }, projects: { type: 'quantity' } },
    products: {
      basic: { grants: { export: true, projects: 3 } },
      team: { grants: { export: true, audit: true, projects: 20 } },
    },
  })
}

export const BIG = { unit_amount: 5_800 } as const

/** Subscribed to one of the two tiers at the start, by a card that pays. */
export async function onTier(stage: Stage, tier: 'basic' | 'team') {
  const basic = await onSale(stage, 'basic')
  const team = await onSale(stage, 'team', BIG)
  const customer = await appCustomer(stage, 'ada')
  const sub = await subscribeTo(stage, customer, tier === 'basic' ? basic : team)
  return { basic, team, customer, sub, item: itemOf(sub) }
}

const UPGRADED: Scenario = {
  rows: [53],
  title:
    'Two tiers share a feature: an upgrade paid at once adds the other and never drops the shared one',
  catalog: tiers,
  async play(stage) {
    const { team, sub, item } = await onTier(stage, 'basic')
    await stage.advanceTo(HALF_TIME)
    stage.mark()
    await stage.api.subscriptions.update(sub.id, {
      items: [{ id: item, price: team.id }],
      proration_behavior: 'always_invoice',
    })
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 1_450 })
    await stage.advanceTo(FIRST_CHARGE + DAY)
    expect(stage.last('invoice.paid').object).toMatchObject({ amount_paid: 5_800 })
  },
}

const WHILE_PAST_DUE: Scenario = {
  rows: [41, 55, 45],
  title: 'The plan is changed while a renewal is unpaid, and both bills are paid within the grace',
  settings: { retryDays: [20] },
  catalog: tiers,
  async play(stage) {
    const { team, customer, sub, item } = await onTier(stage, 'basic')
    await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
    await stage.advanceTo(FIRST_CHARGE)
    const renewal = String(stage.last('invoice.payment_failed').object['id'])
    await stage.advance({ days: 1 })
    stage.mark()
    await stage.api.subscriptions.update(sub.id, {
      items: [{ id: item, price: team.id }],
      proration_behavior: 'always_invoice',
    })
    const change = stage.only('invoice.payment_failed').object
    expect(change).toMatchObject({ billing_reason: 'subscription_update', status: 'open' })
    expect((await stage.api.subscriptions.retrieve(sub.id)).status).toBe('past_due')
    await stage.advance({ days: 1 })
    await stage.changeCard(customer, 'pm_card_visa')
    await stage.api.invoices.pay(renewal)
    await stage.advance({ hours: 6 })
    await stage.api.invoices.pay(String(change['id']))
    expect((await stage.api.subscriptions.retrieve(sub.id)).status).toBe('active')
    await stage.advance({ days: 12 })
  },
}

const NEVER_PAID: Scenario = {
  rows: [41, 55],
  title: 'The plan is changed while a renewal is unpaid, and nobody pays: grace, and then nothing',
  settings: { retryDays: [20], afterRetries: 'past_due' },
  catalog: tiers,
  async play(stage) {
    const { team, customer, sub, item } = await onTier(stage, 'basic')
    await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
    await stage.advanceTo(FIRST_CHARGE + DAY)
    stage.mark()
    await stage.api.subscriptions.update(sub.id, {
      items: [{ id: item, price: team.id }],
      proration_behavior: 'create_prorations',
    })
    expect(stage.only('customer.subscription.updated').object).toMatchObject({
      status: 'past_due',
      items: { data: [{ price: { id: team.id } }] },
    })
    await stage.advance({ days: 9 })
  },
}

const SCHEDULED: Scenario = {
  rows: [70, 71],
  title:
    'A downgrade is scheduled for the end of the period: the big plan until then, the small one after',
  catalog: tiers,
  async play(stage) {
    const { basic, team, sub } = await onTier(stage, 'team')
    await stage.advanceTo(HALF_TIME)
    const { id } = await stage.api.subscriptionSchedules.create({ from_subscription: sub.id })
    await stage.api.subscriptionSchedules.update(id, {
      end_behavior: 'release',
      phases: [
        { items: [{ price: team.id }], start_date: sub.start_date, end_date: FIRST_RENEWAL },
        { items: [{ price: basic.id }], duration: { interval: 'month' } },
      ],
    })
    await stage.advanceTo(FIRST_RENEWAL - 1)
    stage.mark()
    await stage.advanceTo(FIRST_RENEWAL + 2 * DAY)
    expect(stage.only('customer.subscription.updated').object).toMatchObject({
      items: { data: [{ price: { id: basic.id } }] },
    })
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
  },
}

const CREDITED: Scenario = {
  rows: [54, 87],
  title:
    'A downgrade credits what is left of the big plan, and the credit pays part of the next renewal',
  catalog: tiers,
  async play(stage) {
    const { basic, sub, item } = await onTier(stage, 'team')
    await stage.advanceTo(HALF_TIME)
    stage.mark()
    await stage.api.subscriptions.update(sub.id, {
      items: [{ id: item, price: basic.id }],
      proration_behavior: 'create_prorations',
    })
    expect(stage.since('invoiceitem.created').map(({ object }) => object['amount'])).toEqual([
      -2_900, 1_450,
    ])
    await stage.advanceTo(FIRST_CHARGE + 4 * DAY)
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 1_450, total: 1_450 })
  },
}

const THERE_AND_BACK: Scenario = {
  rows: [53, 54],
  title: 'Upgraded and paid, then taken back within the period: the small plan again, by credit',
  catalog: tiers,
  async play(stage) {
    const { basic, team, sub, item } = await onTier(stage, 'basic')
    const change = (price: string) =>
      stage.api.subscriptions.update(sub.id, {
        items: [{ id: item, price }],
        proration_behavior: 'always_invoice',
      })
    await stage.advanceTo(HALF_TIME)
    await change(team.id)
    await stage.advance({ days: 3 })
    stage.mark()
    await change(basic.id)
    const credit = stage.only('invoice.paid').object
    expect(credit).toMatchObject({ billing_reason: 'subscription_update', amount_paid: 0 })
    expect(Number(credit['total'])).toBeLessThan(0)
    await stage.advanceTo(FIRST_CHARGE + DAY)
    expect(stage.last('invoice.paid').object).toMatchObject({ total: 2_900 })
  },
}

export const PLAN_CHANGES: readonly Scenario[] = [
  UPGRADED,
  WHILE_PAST_DUE,
  NEVER_PAID,
  SCHEDULED,
  CREDITED,
  THERE_AND_BACK,
]
