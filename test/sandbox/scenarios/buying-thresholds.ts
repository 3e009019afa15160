import { expect } from 'vitest'
import { callsPrice, useCalls } from './buying-usage.ts'
import type { Scenario } from './scenario.ts'

/** The running cycle goes on, or a new one starts. */
function threshold(resets: boolean): Scenario {
  return {
    rows: [38],
    title: `Usage that reaches its threshold is billed at once${resets ? ', and the cycle starts anew' : ''}`,
    async play(stage) {
      const price = await callsPrice(stage)
      const customer = await stage.customer()
      const start = stage.sandbox.now()
      const { id } = await stage.api.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        billing_thresholds: { amount_gte: 1_000, reset_billing_cycle_anchor: resets },
      })
      await stage.advance({ days: 10 })
      stage.mark()
      await useCalls(stage, customer.id, 900)
      await stage.advance({ hours: 1 })
      stage.none('invoice.created')
      await useCalls(stage, customer.id, 150)
      await stage.advance({ hours: 2 })
      const billed = stage.only('invoice.created').object
      expect(billed).toMatchObject({
        billing_reason: 'subscription_threshold',
        amount_due: 1_050,
        threshold_reason: { amount_gte: 1_000 },
        lines: { data: [{ amount: 1_050, period: { start } }] },
      })
      expect(stage.only('invoice.paid').object).toMatchObject({
        id: billed['id'],
        amount_paid: 1_050,
      })
      const at = billed['created'] as number
      const updated = stage.only('customer.subscription.updated')
      expect(updated.object).toMatchObject({
        id,
        status: 'active',
        latest_invoice: billed['id'],
        billing_cycle_anchor: resets ? at : start,
        items: { data: [{ current_period_start: resets ? at : start }] },
      })
      // What comes after is on the cycle's own invoice, and nothing twice.
      await useCalls(stage, customer.id, 200)
      stage.mark()
      await stage.advance({ days: 17, hours: 21 })
      if (resets) {
        stage.none('invoice.created')
        await stage.advance({ days: 11 })
      }
      expect(stage.only('invoice.created').object).toMatchObject({
        billing_reason: 'subscription_cycle',
        amount_due: 200,
      })
    },
  }
}

const refusedAndLifted: Scenario = {
  rows: [38],
  title: 'A threshold that is taken away bills nothing more before its time',
  async play(stage) {
    const { api } = stage
    const calls = await callsPrice(stage)
    const seat = await stage.price({ unit_amount: 500 })
    const customer = await stage.customer()
    const items = [{ price: seat.id }, { price: calls.id }]
    // What the sandbox does not play it refuses.
    await expect(
      api.subscriptions.create({
        customer: customer.id,
        items,
        billing_thresholds: { amount_gte: 1_000, reset_billing_cycle_anchor: true },
      }),
    ).rejects.toMatchObject({ param: 'billing_thresholds[reset_billing_cycle_anchor]' })
    const { id } = await api.subscriptions.create({
      customer: customer.id,
      items,
      billing_thresholds: { amount_gte: 1_000 },
    })
    await useCalls(stage, customer.id, 1_000)
    stage.mark()
    await stage.advance({ hours: 2 })
    // Usage alone: the seat was paid ahead.
    expect(stage.only('invoice.paid').object).toMatchObject({
      amount_paid: 1_000,
      billing_reason: 'subscription_threshold',
    })
    stage.mark()
    await api.subscriptions.update(id, { billing_thresholds: '' })
    expect(stage.only('customer.subscription.updated').previous).toMatchObject({
      billing_thresholds: { amount_gte: 1_000, reset_billing_cycle_anchor: false },
    })
    await useCalls(stage, customer.id, 5_000)
    await stage.advance({ days: 27 })
    stage.none('invoice.created')
    await stage.advance({ days: 1 })
    expect(stage.only('invoice.created').object['amount_due']).toBe(5_500)
  },
}

export const THRESHOLDS: readonly Scenario[] = [threshold(false), threshold(true), refusedAndLifted]
