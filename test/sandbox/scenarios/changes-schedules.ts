import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import { at } from './stage.ts'

const PERIOD_END = at('2026-02-28T09:00:00Z')

const ATTACHED: Scenario = {
  rows: [70],
  title: 'A schedule made from a subscription is told, and the subscription shows its id',
  async play(stage) {
    const { api } = stage
    const { id: customer } = await stage.customer()
    const price = await stage.price()
    const sub = await api.subscriptions.create({ customer, items: [{ price: price.id }] })
    stage.mark()
    const schedule = await api.subscriptionSchedules.create({ from_subscription: sub.id })
    expect(stage.types().toSorted()).toEqual([
      'customer.subscription.updated',
      'subscription_schedule.created',
    ])
    expect(stage.only('subscription_schedule.created').object).toMatchObject({
      id: schedule.id,
      status: 'active',
      subscription: sub.id,
      end_behavior: 'release',
      current_phase: { start_date: sub.start_date, end_date: PERIOD_END },
      phases: [{ items: [{ price: price.id, quantity: 1 }] }],
    })
    expect(stage.only('customer.subscription.updated')).toMatchObject({
      object: { id: sub.id, status: 'active', schedule: schedule.id },
      previous: { schedule: null },
    })

    stage.mark()
    await api.subscriptionSchedules.create({
      customer,
      start_date: at('2026-03-15T00:00:00Z'),
      phases: [{ items: [{ price: price.id }] }],
    })
    expect(stage.types()).toEqual(['subscription_schedule.created'])
    expect(stage.only('subscription_schedule.created').object).toMatchObject({
      status: 'not_started',
      subscription: null,
      current_phase: null,
    })
  },
}

const PHASES: Scenario = {
  rows: [71],
  title:
    'A phase that begins with a period changes the items and bills them an hour later; within one it prorates',
  async play(stage) {
    const { api } = stage
    const { id: customer } = await stage.customer()
    const [small, big, huge] = [
      await stage.price(),
      await stage.price({ unit_amount: 5_700 }),
      await stage.price({ unit_amount: 11_900 }),
    ]
    const schedule = await api.subscriptionSchedules.create({
      customer,
      start_date: 'now',
      phases: [
        { items: [{ price: small.id }], duration: { interval: 'month', interval_count: 1 } },
        { items: [{ price: big.id }], end_date: at('2026-03-16T09:00:00Z') },
        { items: [{ price: huge.id }], proration_behavior: 'always_invoice' },
      ],
    })
    await stage.advance({ days: 27, hours: 23 })
    stage.mark()
    await stage.advance({ hours: 1 })
    const subscription = String(schedule.subscription)
    expect(stage.only('subscription_schedule.updated')).toMatchObject({
      created: PERIOD_END,
      object: { id: schedule.id, current_phase: { start_date: PERIOD_END } },
      previous: { current_phase: { end_date: PERIOD_END } },
    })
    expect(stage.only('customer.subscription.updated')).toMatchObject({
      object: {
        id: subscription,
        status: 'active',
        items: { data: [{ price: { id: big.id }, current_period_start: PERIOD_END }] },
      },
      previous: { items: { data: [{ price: { id: small.id } }] } },
    })
    expect(stage.only('invoice.created').object).toMatchObject({
      status: 'draft',
      billing_reason: 'subscription_cycle',
      total: 5_700,
    })
    stage.none('invoiceitem.created', 'invoice.paid')
    await stage.advance({ hours: 1 })
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 5_700 })

    // 15 of 31 days are left: no hour is lost to summer time in UTC.
    await stage.advance({ days: 15, hours: 22 })
    stage.mark()
    await stage.advance({ hours: 1 })
    expect(stage.only('customer.subscription.updated')).toMatchObject({
      object: { items: { data: [{ price: { id: huge.id }, current_period_start: PERIOD_END }] } },
      previous: { items: { data: [{ price: { id: big.id } }] } },
    })
    expect(stage.since('invoiceitem.created').map(({ object }) => object['amount'])).toEqual([
      -2_758, 5_758,
    ])
    expect(stage.only('invoice.created').object).toMatchObject({
      billing_reason: 'subscription_update',
      total: 3_000,
    })
  },
}

const OVER_PENDING: Scenario = {
  rows: [71],
  title: 'A phase that begins discards the update that was still waiting to be paid',
  async play(stage) {
    const { api } = stage
    const customer = await stage.customer()
    const [small, big, phased] = [
      await stage.price(),
      await stage.price({ unit_amount: 5_700 }),
      await stage.price({ unit_amount: 4_900 }),
    ]
    const { subscription } = await api.subscriptionSchedules.create({
      customer: customer.id,
      start_date: 'now',
      phases: [
        { items: [{ price: small.id }], end_date: at('2026-02-14T09:00:00Z') },
        { items: [{ price: phased.id }], duration: { interval: 'month' } },
      ],
    })
    const id = String(subscription)
    await stage.advance({ days: 13, hours: 20 })
    await stage.changeCard(customer.id, 'pm_card_chargeCustomerFail')
    const { items } = await api.subscriptions.retrieve(id)
    const pending = await api.subscriptions.update(id, {
      items: [{ id: String(items.data[0]?.id), price: big.id }],
      payment_behavior: 'pending_if_incomplete',
      proration_behavior: 'always_invoice',
    })
    expect(pending.pending_update?.subscription_items?.[0]?.price.id).toBe(big.id)
    stage.mark()
    await stage.advance({ hours: 4 })
    expect(stage.only('customer.subscription.pending_update_expired').object).toMatchObject({
      id,
      pending_update: null,
      items: { data: [{ price: { id: small.id } }] },
    })
    expect(stage.only('invoice.voided').object).toMatchObject({ id: pending.latest_invoice })
    expect(stage.last('customer.subscription.updated').object).toMatchObject({
      pending_update: null,
      items: { data: [{ price: { id: phased.id } }] },
    })
    stage.none('customer.subscription.pending_update_applied')
  },
}

const STARTS: Scenario = {
  rows: [72],
  title: 'A schedule that starts makes a subscription that is active an hour before it is paid for',
  async play(stage) {
    const { api } = stage
    const { id: customer } = await stage.customer()
    const start = at('2026-02-10T00:00:00Z')
    const schedule = await api.subscriptionSchedules.create({
      customer,
      start_date: start,
      phases: [{ items: [{ price: (await stage.price()).id }] }],
    })
    await stage.advance({ days: 9 })
    stage.mark()
    await stage.advance({ hours: 15 })
    const created = stage.only('customer.subscription.created')
    expect(created).toMatchObject({
      created: start,
      object: { status: 'active', schedule: schedule.id, start_date: start },
    })
    const { id: invoice } = stage.only('invoice.created').object
    expect(stage.only('invoice.created').object).toMatchObject({
      status: 'draft',
      billing_reason: 'subscription_create',
      attempted: false,
      total: 2_900,
    })
    expect(created.object['latest_invoice']).toBe(invoice)
    expect(stage.only('subscription_schedule.updated').object).toMatchObject({
      status: 'active',
      subscription: created.object['id'],
    })
    stage.mark()
    await stage.advance({ minutes: 59 })
    expect(stage.types()).toEqual([])
    await stage.advance({ minutes: 1 })
    expect(stage.only('invoice.paid')).toMatchObject({
      created: start + 3_600,
      object: { id: invoice, amount_paid: 2_900 },
    })
    stage.none('customer.subscription.updated')
  },
}

export const SCHEDULES: readonly Scenario[] = [ATTACHED, PHASES, OVER_PENDING, STARTS]
