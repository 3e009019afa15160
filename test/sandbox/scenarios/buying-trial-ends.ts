import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const DAY = 86_400
const HOUR = 3_600

type Missing = 'cancel' | 'create_invoice' | 'pause'

/** A trial of a week, six days of which are over. */
export async function trial(
  stage: Stage,
  customer: string,
  missing: Missing = 'create_invoice',
): Promise<string> {
  const price = await stage.price()
  const { id } = await stage.api.subscriptions.create({
    customer,
    items: [{ price: price.id }],
    trial_period_days: 7,
    trial_settings: { end_behavior: { missing_payment_method: missing } },
  })
  await stage.advance({ days: 6 })
  stage.mark()
  return id
}

const paid: Scenario = {
  rows: [13],
  title: 'A trial ends: active an hour before anything is paid',
  async play(stage) {
    const customer = await stage.customer()
    const id = await trial(stage, customer.id)
    const before = await stage.api.subscriptions.retrieve(id)
    const end = before.trial_end ?? 0
    await stage.advance({ days: 1 })
    // Both at the end, and nothing paid: the subscription's status says nothing of money.
    const draft = stage.only('invoice.created')
    expect(draft.created).toBe(end)
    expect(draft.object).toMatchObject({
      status: 'draft',
      billing_reason: 'subscription_cycle',
      amount_due: 2_900,
    })
    const begun = stage.only('customer.subscription.updated')
    expect(begun.created).toBe(end)
    expect(begun.object).toMatchObject({
      status: 'active',
      latest_invoice: draft.object['id'],
      items: { data: [{ current_period_start: end, current_period_end: end + 28 * DAY }] },
    })
    expect(begun.previous).toMatchObject({
      status: 'trialing',
      latest_invoice: before.latest_invoice,
      items: { data: [{ current_period_start: before.start_date, current_period_end: end }] },
    })
    stage.none(
      'invoice.finalized',
      'payment_intent.created',
      'customer.subscription.trial_will_end',
    )
    await stage.advance({ seconds: HOUR - 1 })
    stage.none('invoice.finalized', 'invoice.paid')
    await stage.advance({ seconds: 1 })
    stage.inOrder(
      'invoice.created',
      'invoice.finalized',
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.paid',
      'invoice.payment_succeeded',
    )
    expect(stage.only('invoice.paid')).toMatchObject({
      created: end + HOUR,
      object: { id: draft.object['id'], amount_paid: 2_900, status: 'paid' },
    })
    // The payment changes the subscription no more.
    stage.only('customer.subscription.updated')
  },
}

const slow: Scenario = {
  rows: [13],
  title: 'The first paid invoice of a trial may wait three days, and the subscription is active',
  settings: { finalizeAfter: 72 * HOUR },
  async play(stage) {
    const customer = await stage.customer()
    const id = await trial(stage, customer.id)
    await stage.advance({ days: 1, hours: 71 })
    stage.none('invoice.finalized', 'invoice.paid')
    expect((await stage.api.subscriptions.retrieve(id)).status).toBe('active')
    await stage.advance({ hours: 1 })
    expect(stage.only('invoice.paid').object['amount_paid']).toBe(2_900)
  },
}

const declined: Scenario = {
  rows: [14],
  title: 'A trial ends and the card is declined: past due',
  async play(stage) {
    const customer = await stage.customer('pm_card_chargeCustomerFail')
    const id = await trial(stage, customer.id)
    await stage.advance({ days: 1, hours: 1 })
    stage.inOrder(
      'invoice.created',
      'invoice.finalized',
      'payment_intent.created',
      'charge.failed',
      'payment_intent.payment_failed',
      'invoice.payment_failed',
      'customer.subscription.updated',
    )
    const [begun, late] = stage.since('customer.subscription.updated')
    expect([begun?.previous?.['status'], begun?.object['status']]).toEqual(['trialing', 'active'])
    expect([late?.previous?.['status'], late?.object['status']]).toEqual(['active', 'past_due'])
    expect(late?.object['id']).toBe(id)
    expect(stage.only('invoice.payment_failed').object).toMatchObject({
      status: 'open',
      attempt_count: 1,
      amount_paid: 0,
      amount_remaining: 2_900,
    })
    stage.none('invoice.paid')
  },
}

export const TRIAL_ENDS: readonly Scenario[] = [paid, slow, declined]
