import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'

const DAY = 86_400

const endedEarly: Scenario = {
  rows: [18],
  title: 'A trial ended early is announced, billed and paid within the call',
  async play(stage) {
    const { api } = stage
    const customer = await stage.customer()
    const trying = await api.subscriptions.create({
      customer: customer.id,
      items: [{ price: (await stage.price()).id }],
      trial_period_days: 14,
    })
    await stage.advance({ days: 2 })
    const now = stage.sandbox.now()
    stage.mark()
    const answer = await api.subscriptions.update(trying.id, { trial_end: 'now' })
    expect(stage.types()[0]).toBe('customer.subscription.trial_will_end')
    stage.inOrder(
      'invoice.created',
      'invoice.finalized',
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.paid',
      'invoice.payment_succeeded',
    )
    const updated = stage.only('customer.subscription.updated')
    expect(updated.object).toMatchObject({
      status: 'active',
      trial_end: now,
      billing_cycle_anchor: now,
      latest_invoice: answer.latest_invoice,
      items: { data: [{ current_period_start: now, current_period_end: now + 28 * DAY }] },
    })
    expect(updated.previous).toMatchObject({
      status: 'trialing',
      trial_end: trying.trial_end,
      latest_invoice: trying.latest_invoice,
    })
    expect(stage.only('invoice.paid').object).toMatchObject({
      id: answer.latest_invoice,
      status: 'paid',
      amount_paid: 2_900,
    })
    // It ended once: the end it had before comes and goes.
    stage.mark()
    await stage.advance({ days: 13 })
    stage.none('customer.subscription.updated', 'customer.subscription.trial_will_end')
  },
}

/** Modes differ in which start they keep, and in the invoice. */
function tryingAgain(mode: 'classic' | 'flexible'): Scenario {
  return {
    rows: [19],
    title: `A running subscription is given a trial again (${mode} billing mode)`,
    async play(stage) {
      const { api } = stage
      const customer = await stage.customer()
      const first = await api.subscriptions.create({
        customer: customer.id,
        items: [{ price: (await stage.price()).id }],
        billing_mode: { type: mode },
        trial_period_days: 7,
      })
      await stage.advance({ days: 20 })
      expect((await api.subscriptions.retrieve(first.id)).status).toBe('active')
      stage.mark()
      const now = stage.sandbox.now()
      await api.subscriptions.update(first.id, {
        trial_end: now + 10 * DAY,
        proration_behavior: 'none',
      })
      const updated = stage.only('customer.subscription.updated')
      expect([updated.previous?.['status'], updated.object['status']]).toEqual([
        'active',
        'trialing',
      ])
      expect(updated.object).toMatchObject({
        trial_start: mode === 'classic' ? first.trial_start : now,
        trial_end: now + 10 * DAY,
        items: { data: [{ current_period_end: now + 10 * DAY }] },
      })
      // Classic mode has an invoice of nothing for it, flexible mode leaves it out.
      expect(stage.since('invoice.paid').map(({ object }) => object)).toMatchObject(
        mode === 'classic' ? [{ amount_paid: 0, billing_reason: 'subscription_update' }] : [],
      )
      stage.none('payment_intent.created', 'invoice.payment_failed')
      stage.mark()
      await stage.advance({ days: 10, hours: 1 })
      const again = stage.since('customer.subscription.updated')[0]
      expect([again?.previous?.['status'], again?.object['status']]).toEqual(['trialing', 'active'])
      expect(stage.only('invoice.paid').object).toMatchObject({
        amount_paid: 2_900,
        billing_reason: 'subscription_cycle',
      })
    },
  }
}

export const TRIAL_CHANGES: readonly Scenario[] = [
  endedEarly,
  tryingAgain('classic'),
  tryingAgain('flexible'),
]
