import type Stripe from 'stripe'
import { expect } from 'vitest'
import { entitledPrice, featuresOf, SUMMARY } from './entitled-price.ts'
import type { Scenario } from './scenario.ts'
import { at, type Stage } from './stage.ts'

const DAY_14 = at('2026-02-14T09:00:00Z')
const PERIOD_END = at('2026-02-28T09:00:00Z')
const NO_CREDIT = { bill_for: { unused_time_from: { type: 'none' } } } as const

const PAUSED: Scenario = {
  rows: [66],
  title:
    'Pausing a subscription takes its features, moves its period end back to now and stops its invoices',
  async play(stage) {
    const { api } = stage
    const customer = await stage.customer()
    const sub = await api.subscriptions.create({
      customer: customer.id,
      items: [{ price: (await entitledPrice(stage, 'exports', 'api')).id }],
    })
    await stage.advance({ days: 14 })
    stage.mark()
    await api.subscriptions.pause(sub.id)

    expect(stage.types().toSorted()).toEqual([
      'customer.subscription.paused',
      'customer.subscription.updated',
      SUMMARY,
      'invoiceitem.created',
    ])
    const updated = stage.only('customer.subscription.updated')
    expect(updated.object).toMatchObject({
      status: 'paused',
      status_details: {
        paused: {
          subscription: { type: 'pause_requested' },
          transitioned_at: DAY_14,
          type: 'subscription',
        },
      },
      items: { data: [{ current_period_end: DAY_14 }] },
      latest_invoice: sub.latest_invoice,
    })
    expect(updated.previous).toMatchObject({
      status: 'active',
      items: { data: [{ current_period_end: PERIOD_END }] },
    })
    expect(stage.only('customer.subscription.paused')).toMatchObject({
      object: updated.object,
      previous: undefined,
    })
    expect(featuresOf(stage.only(SUMMARY))).toEqual({ now: [], before: ['exports', 'api'] })
    // The half of the month that is left is credited to the next invoice, whenever that comes.
    expect(stage.only('invoiceitem.created').object).toMatchObject({
      amount: -1_450,
      period: { start: DAY_14, end: PERIOD_END },
    })
    stage.mark()
    await stage.advance({ days: 90 })
    expect(stage.types()).toEqual([])
  },
}

const NOT_PAUSABLE: Scenario = {
  rows: [66],
  title:
    'What is classic, sent by invoice, on trial, incomplete, scheduled or paused already is not paused',
  async play(stage) {
    const { api } = stage
    const { id: customer } = await stage.customer()
    const items = [{ price: (await stage.price()).id }]
    const subscribe = (more: Partial<Stripe.SubscriptionCreateParams>) =>
      api.subscriptions.create({ customer, items, ...more })
    const scheduled = await subscribe({})
    await api.subscriptionSchedules.create({ from_subscription: scheduled.id })
    const paused = await subscribe({})
    await api.subscriptions.pause(paused.id)
    const refused = [
      scheduled,
      paused,
      await subscribe({ billing_mode: { type: 'classic' } }),
      await subscribe({ collection_method: 'send_invoice', days_until_due: 30 }),
      await subscribe({ trial_period_days: 14 }),
      await subscribe({ payment_behavior: 'default_incomplete' }),
    ]
    stage.mark()
    for (const { id } of refused) {
      await expect(api.subscriptions.pause(id)).rejects.toMatchObject({
        type: 'StripeInvalidRequestError',
        statusCode: 400,
      })
    }
    expect(stage.types()).toEqual([])
  },
}

const RESUMED_FREE: Scenario = {
  rows: [67],
  title: 'A pause with nothing to bill for ends at once, and the features are back',
  async play(stage) {
    const { api } = stage
    const { sub } = await pausedSubscription(stage)
    stage.mark()
    const resumed = await api.subscriptions.resume(sub.id, {
      billing_cycle_anchor: { type: 'unchanged' },
      proration_behavior: 'none',
    })
    expect(resumed.status).toBe('active')
    expect(stage.types().toSorted()).toEqual([
      'customer.subscription.resumed',
      'customer.subscription.updated',
      SUMMARY,
    ])
    const { object, previous } = stage.only('customer.subscription.updated')
    expect(object).toMatchObject({
      status: 'active',
      billing_cycle_anchor: sub.billing_cycle_anchor,
      latest_invoice: sub.latest_invoice,
      items: {
        data: [{ current_period_start: DAY_14 + 7 * 86_400, current_period_end: PERIOD_END }],
      },
    })
    expect(object['status_details']).toBeUndefined()
    expect(previous).toMatchObject({
      status: 'paused',
      status_details: { paused: { subscription: { type: 'pause_requested' } } },
      items: { data: [{ current_period_end: DAY_14 }] },
    })
    expect(stage.only('customer.subscription.resumed').object).toEqual(object)
    expect(featuresOf(stage.only(SUMMARY))).toEqual({ now: ['exports'], before: [] })
    stage.mark()
    await stage.advance({ days: 7, hours: 1 })
    expect(stage.only('invoice.paid').object).toMatchObject({
      billing_reason: 'subscription_cycle',
      amount_paid: 2_900,
    })
  },
}

/** One paused on day 14 without credit, a week ago. */
export async function pausedSubscription(stage: Stage, card = 'pm_card_visa') {
  const customer = await stage.customer()
  const sub = await stage.api.subscriptions.create({
    customer: customer.id,
    items: [{ price: (await entitledPrice(stage, 'exports')).id }],
  })
  await stage.advance({ days: 14 })
  await stage.api.subscriptions.pause(sub.id, NO_CREDIT)
  if (card !== 'pm_card_visa') await stage.changeCard(customer.id, card)
  await stage.advance({ days: 7 })
  return { customer, sub }
}

export const PAUSES: readonly Scenario[] = [PAUSED, NOT_PAUSABLE, RESUMED_FREE]
