import type Stripe from 'stripe'
import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import { at, type Stage } from './stage.ts'

const PERIOD_END = at('2026-02-28T09:00:00Z')

/** A schedule with one phase of so many months, running from now. */
async function running(
  stage: Stage,
  customer: string,
  end_behavior: Stripe.SubscriptionScheduleCreateParams.EndBehavior,
  interval_count = 1,
) {
  const price = await stage.price()
  return stage.api.subscriptionSchedules.create({
    customer,
    start_date: 'now',
    end_behavior,
    phases: [{ items: [{ price: price.id }], duration: { interval: 'month', interval_count } }],
  })
}

const EXPIRES: Scenario = {
  rows: [73],
  title:
    'A schedule warns a week before its end, completes, and lets its subscription live or end as it was told',
  settings: { scheduleExpiringDays: 7 },
  async play(stage) {
    const { api } = stage
    const { id: customer } = await stage.customer()
    const lives = await running(stage, customer, 'release')
    const ends = await running(stage, customer, 'cancel')
    stage.mark()
    await stage.advance({ days: 20, hours: 23 })
    stage.none('subscription_schedule.expiring')
    await stage.advance({ hours: 1 })
    const expiring = stage.since('subscription_schedule.expiring')
    expect(expiring.map(({ object }) => object['id'])).toEqual([lives.id, ends.id])
    for (const { object, created } of expiring) {
      expect(created).toBe(PERIOD_END - 7 * 86_400)
      expect(object).toMatchObject({ status: 'active', completed_at: null })
    }

    stage.mark()
    await stage.advance({ days: 7 })
    for (const { object } of stage.since('subscription_schedule.completed')) {
      expect(object).toMatchObject({
        status: 'completed',
        completed_at: PERIOD_END,
        canceled_at: null,
        current_phase: null,
      })
    }
    expect(stage.since('subscription_schedule.completed')).toHaveLength(2)
    stage.none('subscription_schedule.canceled', 'subscription_schedule.released')
    expect(stage.only('customer.subscription.deleted').object).toMatchObject({
      id: ends.subscription,
      status: 'canceled',
      ended_at: PERIOD_END,
    })
    expect(stage.last('customer.subscription.updated').object).toMatchObject({
      id: lives.subscription,
      status: 'active',
      schedule: null,
    })
    const alive = await api.subscriptions.retrieve(String(lives.subscription))
    expect(alive.items.data[0]?.current_period_start).toBe(PERIOD_END)
  },
}

const LET_GO: Scenario = {
  rows: [73],
  title: 'A schedule released leaves its subscription alone; one canceled takes it along',
  async play(stage) {
    const { api } = stage
    const { id: customer } = await stage.customer()
    const one = await running(stage, customer, 'cancel')
    const two = await running(stage, customer, 'release')
    await stage.advance({ days: 5 })
    const now = at('2026-02-05T09:00:00Z')

    stage.mark()
    await api.subscriptionSchedules.release(one.id)
    expect(stage.types()).toEqual([
      'subscription_schedule.released',
      'customer.subscription.updated',
    ])
    expect(stage.only('subscription_schedule.released').object).toMatchObject({
      id: one.id,
      status: 'released',
      released_at: now,
      released_subscription: one.subscription,
      subscription: null,
    })
    expect(stage.only('customer.subscription.updated')).toMatchObject({
      object: { id: one.subscription, status: 'active', schedule: null },
      previous: { schedule: one.id },
    })

    stage.mark()
    await api.subscriptionSchedules.cancel(two.id)
    expect(stage.only('subscription_schedule.canceled').object).toMatchObject({
      id: two.id,
      status: 'canceled',
      canceled_at: now,
    })
    expect(stage.only('customer.subscription.deleted').object).toMatchObject({
      id: two.subscription,
      status: 'canceled',
      canceled_at: now,
      ended_at: now,
    })
    stage.none('subscription_schedule.aborted')
    stage.mark()
    await stage.advance({ days: 24 })
    // The released one would have ended: now it renews.
    const paid = stage.since('invoice.paid').filter(({ object }) => object['amount_paid'] !== 0)
    expect(paid).toMatchObject([
      {
        object: {
          parent: { subscription_details: { subscription: one.subscription } },
          billing_reason: 'subscription_cycle',
        },
      },
    ])
    stage.none('customer.subscription.deleted', 'subscription_schedule.completed')
  },
}

const ABORTED: Scenario = {
  rows: [73],
  title: 'A schedule whose subscription is canceled for want of payment is aborted',
  settings: { retryDays: [3, 5, 7], afterRetries: 'cancel' },
  async play(stage) {
    const { id: customer } = await stage.customer()
    const schedule = await running(stage, customer, 'release', 6)
    await stage.advance({ hours: 2 })
    await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
    await stage.advance({ days: 28 })
    stage.mark()
    await stage.advance({ days: 8 })
    const failed = stage.last('invoice.payment_failed')
    expect(failed.object['next_payment_attempt']).toBe(null)
    expect(stage.only('customer.subscription.deleted')).toMatchObject({
      created: failed.created,
      object: { id: schedule.subscription, cancellation_details: { reason: 'payment_failed' } },
    })
    expect(stage.only('subscription_schedule.aborted')).toMatchObject({
      created: failed.created,
      object: {
        id: schedule.id,
        status: 'canceled',
        canceled_at: failed.created,
        completed_at: null,
      },
    })
    stage.none('subscription_schedule.canceled', 'subscription_schedule.completed')
  },
}

export const SCHEDULE_ENDS: readonly Scenario[] = [EXPIRES, LET_GO, ABORTED]
