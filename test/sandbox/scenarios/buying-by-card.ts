import { expect } from 'vitest'
import { completeAuthentication } from '../../../src/sandbox/resources/payment-intents/complete-authentication.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'

/** A version before 2025-03-31.basil, where the subscription was made before the money. */
const LEGACY = '2024-06-20'

/** A month after the stage's start: February has no 31st. */
const MONTH_LATER = Date.UTC(2026, 1, 28, 9) / 1_000

const byCard: Scenario = {
  rows: [1],
  title: 'A card buys a subscription: the money comes first, and it is born active',
  async play(stage) {
    const { api, sandbox } = stage
    const feature = await api.entitlements.features.create({ name: 'Export', lookup_key: 'export' })
    const price = await stage.price()
    await api.products.createFeature(String(price.product), {
      entitlement_feature: feature.id,
    })
    const session = await stage.checkout({ line_items: [{ price: price.id, quantity: 1 }] })
    expect(session).toMatchObject({ status: 'open', payment_status: 'unpaid', subscription: null })
    stage.mark()
    const done = await sandbox.pay(session)

    stage.inOrder(
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'customer.subscription.created',
      'invoice.created',
      'invoice.finalized',
      'invoice.paid',
      'invoice.payment_succeeded',
    )
    // Around these, in no order that Stripe promises.
    const customer = stage.only('customer.created').object
    expect(stage.only('payment_method.attached').object).toMatchObject({ customer: customer['id'] })
    stage.none('customer.subscription.updated', 'invoice.payment_failed')

    expect(stage.only('customer.subscription.created').object).toMatchObject({
      id: done.subscription,
      status: 'active',
      customer: customer['id'],
      latest_invoice: done.invoice,
      items: { data: [{ price: { id: price.id }, current_period_end: MONTH_LATER }] },
    })
    expect(stage.only('invoice.paid').object).toMatchObject({
      id: done.invoice,
      status: 'paid',
      billing_reason: 'subscription_create',
      amount_paid: 2_900,
      parent: { subscription_details: { subscription: done.subscription } },
    })
    expect(stage.only('checkout.session.completed').object).toMatchObject({
      id: session.id,
      status: 'complete',
      payment_status: 'paid',
      amount_total: 2_900,
      subscription: expect.stringMatching(/^sub_/u) as string,
      invoice: expect.stringMatching(/^in_/u) as string,
      payment_intent: null,
    })
    // The intent points at no invoice any more: the invoice's payment does.
    const intent = stage.only('payment_intent.succeeded').object
    expect(intent).not.toHaveProperty('invoice')
    expect(stage.only('invoice_payment.paid').object).toMatchObject({
      invoice: done.invoice,
      status: 'paid',
      amount_paid: 2_900,
      payment: { type: 'payment_intent', payment_intent: intent['id'] },
    })
    expect(stage.last('entitlements.active_entitlement_summary.updated').object).toMatchObject({
      customer: customer['id'],
      entitlements: { data: [{ lookup_key: 'export', feature: feature.id }] },
    })
  },
}

const byCardLegacy: Scenario = {
  rows: [2],
  title: 'A session of a version before basil makes an incomplete subscription first',
  async play(stage) {
    const old = stage.sandbox.client({ apiVersion: LEGACY })
    const price = await stage.price()
    const session = await stage.checkout({ line_items: [{ price: price.id, quantity: 1 }] }, old)
    stage.mark()
    const done = await stage.sandbox.pay(session)
    expect(done).toMatchObject({ status: 'complete', payment_status: 'paid' })

    stage.inOrder(
      'customer.subscription.created',
      'invoice.created',
      'invoice.finalized',
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'customer.subscription.updated',
      'checkout.session.completed',
    )
    expect(stage.only('customer.subscription.created').object).toMatchObject({
      id: done.subscription,
      status: 'incomplete',
    })
    expect(stage.only('invoice.finalized').object).toMatchObject({
      status: 'open',
      amount_due: 2_900,
      billing_reason: 'subscription_create',
    })
    const activated = stage.only('customer.subscription.updated')
    expect(activated.object['status']).toBe('active')
    expect(activated.previous).toMatchObject({ status: 'incomplete' })
    // Its intent still points at the invoice, in the shapes of its time.
    const intent = await old.paymentIntents.retrieve(
      stage.only('payment_intent.created').object['id'] as string,
    )
    expect(intent).toMatchObject({ invoice: done.invoice, status: 'succeeded' })
  },
}

/** The buyer passes the challenge of the one intent that waits for it. */
function authenticate(stage: Stage): void {
  const { object } = stage.only('payment_intent.requires_action')
  completeAuthentication(stage.sandbox.world, object['id'] as string, true)
}

const challenged: Scenario = {
  rows: [3],
  title: '3D Secure holds everything back, until it is passed',
  async play(stage) {
    const { api, sandbox } = stage
    const price = await stage.price()
    const lines = { line_items: [{ price: price.id, quantity: 1 }] }
    const session = await stage.checkout(lines)
    stage.mark()
    const card = { paymentMethod: 'pm_card_authenticationRequired' }
    await expect(sandbox.pay(session, card)).rejects.toThrow('3D Secure')
    stage.inOrder('payment_intent.created', 'payment_intent.requires_action')
    expect(stage.only('payment_intent.requires_action').object).toMatchObject({
      status: 'requires_action',
      amount: 2_900,
    })
    // Neither subscription nor invoice is there while the buyer is at the bank.
    stage.none('customer.subscription.created', 'invoice.created', 'charge.succeeded')
    expect((await api.subscriptions.list({ status: 'all' })).data).toEqual([])
    expect((await api.invoices.list()).data).toEqual([])
    expect(await api.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'open' })

    authenticate(stage)
    stage.inOrder(
      'payment_intent.requires_action',
      'charge.succeeded',
      'payment_intent.succeeded',
      'customer.subscription.created',
      'invoice.paid',
    )
    expect(stage.only('customer.subscription.created').object['status']).toBe('active')
    expect(stage.only('checkout.session.completed').object['payment_status']).toBe('paid')

    const before = await stage.checkout(lines, sandbox.client({ apiVersion: LEGACY }))
    stage.mark()
    await expect(sandbox.pay(before, card)).rejects.toThrow('3D Secure')
    expect(stage.only('customer.subscription.created').object['status']).toBe('incomplete')
    expect(stage.only('invoice.payment_action_required').object).toMatchObject({
      status: 'open',
      billing_reason: 'subscription_create',
    })
    stage.none('customer.subscription.updated', 'checkout.session.completed')
    authenticate(stage)
    stage.inOrder('payment_intent.succeeded', 'invoice.paid', 'customer.subscription.updated')
    expect(stage.only('customer.subscription.updated').previous).toMatchObject({
      status: 'incomplete',
    })
    expect(stage.only('checkout.session.completed').object['payment_status']).toBe('paid')
  },
}

export const BUYING_BY_CARD: readonly Scenario[] = [byCard, byCardLegacy, challenged]
