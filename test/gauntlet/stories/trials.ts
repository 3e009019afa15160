import { expect } from 'vitest'
import { completeAuthentication } from '../../../src/sandbox/resources/payment-intents/complete-authentication.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { appCustomer, catalogOf, itemOf, onSale, subscribeTo } from './shop.ts'

const TRIAL = { trial_period_days: 14 } as const

function tiers(stage: Stage) {
  return catalogOf(stage, {
    features: { export: { type: 'flag' }, seats: { type: 'quantity' }, audit: { type: 'flag' } },
    products: {
      basic: { grants: { export: true, seats: 3 } },
      team: { grants: { export: true, audit: true, seats: 'quantity' } },
    },
  })
}

const UPGRADED: Scenario = {
  rows: [12, 13, 54],
  title:
    'A trial of the small plan is changed to the big one midway, and the big one is what its end bills',
  catalog: tiers,
  async play(stage) {
    const [basic, team] = [
      await onSale(stage, 'basic'),
      await onSale(stage, 'team', { unit_amount: 1_500 }),
    ]
    const customer = await appCustomer(stage, 'ada')
    const sub = await subscribeTo(stage, customer, basic, TRIAL)
    await stage.advance({ days: 6 })
    stage.mark()
    await stage.api.subscriptions.update(sub.id, {
      items: [{ id: itemOf(sub), price: team.id, quantity: 5 }],
    })
    expect(stage.last('customer.subscription.updated').object).toMatchObject({
      status: 'trialing',
      trial_end: sub.trial_end,
      items: { data: [{ price: { id: team.id }, quantity: 5 }] },
    })
    stage.none('charge.succeeded')
    await stage.advance({ days: 8, hours: 2 })
    expect(stage.last('invoice.paid').object).toMatchObject({
      billing_reason: 'subscription_cycle',
      amount_paid: 7_500,
    })
    await stage.advance({ days: 20 })
  },
}

const CHALLENGED: Scenario = {
  rows: [13, 47],
  title:
    'A trial converts by a card that wants 3D Secure: in grace until the customer comes back two days later',
  catalog: tiers,
  async play(stage) {
    const basic = await onSale(stage, 'basic')
    const customer = await appCustomer(stage, 'ada', 'pm_card_authenticationRequired')
    await subscribeTo(stage, customer, basic, TRIAL)
    await stage.advance({ days: 14, hours: 1 })
    const asked = stage.only('payment_intent.requires_action').object
    expect(stage.last('customer.subscription.updated').object).toMatchObject({ status: 'past_due' })
    await stage.advance({ days: 2 })
    stage.mark()
    completeAuthentication(stage.sandbox.world, String(asked['id']), true)
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
    expect(stage.only('customer.subscription.updated').object).toMatchObject({ status: 'active' })
    await stage.advance({ days: 10 })
  },
}

function debited(outcome: 'success' | 'failed'): Scenario {
  const ends =
    outcome === 'success'
      ? 'the bank takes six days and pays'
      : 'the bank takes six days and refuses'
  return {
    rows: [13, 26],
    title: `A trial ends on a SEPA debit: ${ends}`,
    settings: { bankDebitSeconds: 6 * 86_400 },
    catalog: tiers,
    async play(stage) {
      const basic = await onSale(stage, 'basic', { currency: 'eur' })
      const customer = await appCustomer(stage, 'ada', `pm_sepaDebit_${outcome}_de`)
      const sub = await subscribeTo(stage, customer, basic, TRIAL)
      expect(sub.status).toBe('trialing')
      await stage.advance({ days: 14, hours: 2 })
      expect(stage.only('payment_intent.processing').object).toMatchObject({ amount: 2_900 })
      await stage.advance({ days: 5 })
      stage.mark()
      await stage.advance({ days: 1 })
      if (outcome === 'success') {
        expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
      } else {
        expect(stage.last('customer.subscription.updated').object['status']).toBe('past_due')
      }
      await stage.advance({ days: 9 })
    },
  }
}

const GIVEN_UP: Scenario = {
  rows: [61, 62, 15],
  title: 'A trial canceled for its end, taken back, and canceled again ends without a bill',
  catalog: tiers,
  async play(stage) {
    const basic = await onSale(stage, 'basic')
    const sub = await subscribeTo(stage, await appCustomer(stage, 'ada'), basic, TRIAL)
    const cancel = (value: boolean) =>
      stage.api.subscriptions.update(sub.id, { cancel_at_period_end: value })
    await stage.advance({ days: 2 })
    await cancel(true)
    await stage.advance({ days: 1 })
    await cancel(false)
    await stage.advance({ days: 1 })
    stage.mark()
    await cancel(true)
    expect(stage.only('customer.subscription.updated').object).toMatchObject({ status: 'trialing' })
    await stage.advance({ days: 11 })
    expect(stage.only('customer.subscription.deleted').object).toMatchObject({
      status: 'canceled',
      ended_at: sub.trial_end,
    })
    stage.none('invoice.created', 'charge.succeeded')
  },
}

export const TRIALS: readonly Scenario[] = [
  UPGRADED,
  CHALLENGED,
  debited('success'),
  debited('failed'),
  GIVEN_UP,
]
