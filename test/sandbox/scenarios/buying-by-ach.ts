import type Stripe from 'stripe'
import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

const DAY = 86_400
const HOUR = 3_600

const instantly: Scenario = {
  rows: [24],
  title: 'A US account verified on the spot: the subscription is active at once',
  settings: { bankDebitSeconds: 4 * DAY },
  async play(stage) {
    const price = await stage.price()
    const session = await stage.checkout({
      line_items: [{ price: price.id, quantity: 1 }],
      allowed_payment_method_types: ['us_bank_account'],
    })
    stage.mark()
    const done = await stage.sandbox.pay(session, {
      paymentMethod: 'pm_usBankAccount_success',
    })
    stage.inOrder('payment_intent.created', 'payment_intent.processing')
    stage.none('payment_intent.requires_action', 'customer.subscription.updated', 'invoice.paid')
    expect(stage.only('customer.subscription.created').object['status']).toBe('active')
    expect(stage.only('invoice.finalized').object['status']).toBe('open')
    expect(stage.only('checkout.session.completed').object).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
    })
    stage.mark()
    await stage.advance({ days: 4 })
    expect(stage.only('checkout.session.async_payment_succeeded').object['id']).toBe(done.id)
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
    stage.none('customer.subscription.updated')
  },
}

/** A subscription whose first payment waits for the micro-deposits to be read off a statement. */
async function toVerify(
  stage: Stage,
  interval: 'month' | 'week',
): Promise<{ readonly id: string; readonly intent: string }> {
  const { api } = stage
  const price = await stage.price({ recurring: { interval } })
  const customer = await api.customers.create({ email: 'ada@example.test' })
  const subscription = await api.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    payment_behavior: 'default_incomplete',
    payment_settings: { payment_method_types: ['us_bank_account'] },
    expand: ['latest_invoice.payments'],
  })
  const { payments } = subscription.latest_invoice as Stripe.Invoice
  const intent = payments?.data[0]?.payment.payment_intent as string
  const method = await api.paymentMethods.create({
    type: 'us_bank_account',
    us_bank_account: {
      account_number: '000123456789',
      routing_number: '110000000',
      account_holder_type: 'individual',
    },
    billing_details: { name: 'Ada' },
  })
  await api.paymentIntents.confirm(intent, {
    payment_method: method.id,
    mandate_data: {
      customer_acceptance: {
        type: 'online',
        online: { ip_address: '127.0.0.1', user_agent: 'test' },
      },
    },
  })
  return { id: subscription.id, intent }
}

const byMicrodeposits: Scenario = {
  rows: [25],
  title: 'Micro-deposits: ten days to verify the account, the subscription incomplete meanwhile',
  async play(stage) {
    const { api } = stage
    stage.mark()
    const { id, intent } = await toVerify(stage, 'month')
    expect(stage.only('customer.subscription.created').object['status']).toBe('incomplete')
    expect(stage.last('payment_intent.requires_action').object).toMatchObject({
      id: intent,
      status: 'requires_action',
      next_action: { type: 'verify_with_microdeposits' },
    })
    // A card would have had 23 hours.
    stage.mark()
    await stage.advance({ days: 9 })
    stage.none('customer.subscription.updated', 'invoice.voided')
    expect((await api.subscriptions.retrieve(id)).status).toBe('incomplete')
    await api.paymentIntents.verifyMicrodeposits(intent, { amounts: [32, 45] })
    const begun = stage.only('customer.subscription.updated')
    expect([begun.previous?.['status'], begun.object['status']]).toEqual(['incomplete', 'active'])
    expect(stage.only('payment_intent.processing').object['id']).toBe(intent)
    stage.none('invoice.paid')
    await stage.advance({ days: 1 })
    expect(stage.only('invoice.paid').object['amount_paid']).toBe(2_900)
    stage.only('customer.subscription.updated')
  },
}

const neverVerified: Scenario = {
  rows: [25],
  title: 'Micro-deposits nobody verifies: ten days, or until the first period is over',
  async play(stage) {
    const monthly = await toVerify(stage, 'month')
    const weekly = await toVerify(stage, 'week')
    for (const [{ id, intent }, days] of [
      [weekly, 7],
      [monthly, 3],
    ] as const) {
      stage.mark()
      await stage.advance({ seconds: days * DAY - 1 })
      stage.none('customer.subscription.updated')
      await stage.advance({ seconds: 1 })
      const ended = stage.only('customer.subscription.updated')
      expect(ended.object).toMatchObject({
        id,
        status: 'incomplete_expired',
        canceled_at: stage.sandbox.now(),
      })
      expect(ended.previous).toMatchObject({ status: 'incomplete' })
      stage.only('invoice.voided')
      expect(stage.only('payment_intent.canceled').object['id']).toBe(intent)
      stage.none('customer.subscription.deleted')
    }
    // One that is not being verified still has 23 hours.
    const customer = await stage.customer('pm_card_chargeCustomerFail')
    const price = await stage.price()
    await stage.api.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
    stage.mark()
    await stage.advance({ seconds: 23 * HOUR })
    expect(stage.only('customer.subscription.updated').object['status']).toBe('incomplete_expired')
  },
}

export const BUYING_BY_ACH: readonly Scenario[] = [instantly, byMicrodeposits, neverVerified]
