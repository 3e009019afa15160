import { expect } from 'vitest'
import { trial } from './buying-trial-ends.ts'
import type { Scenario } from './scenario.ts'

const canceled: Scenario = {
  rows: [15],
  title: 'A trial ends without a card and cancels, unless the customer has one anywhere',
  async play(stage) {
    const { api } = stage
    const bare = await api.customers.create({})
    const id = await trial(stage, bare.id, 'cancel')
    await stage.advance({ days: 1 })
    const gone = stage.only('customer.subscription.deleted')
    expect(gone.object).toMatchObject({ id, status: 'canceled', ended_at: gone.created })
    expect(stage.types().filter((type) => type.startsWith('invoice'))).toEqual([])
    stage.none('customer.subscription.updated')

    // A default of the customer's, or an old source of theirs, is enough.
    const sourced = await api.customers.create({ source: 'tok_visa' })
    for (const customer of [await stage.customer(), sourced]) {
      const kept = await trial(stage, customer.id, 'cancel')
      await stage.advance({ days: 1 })
      expect(stage.last('customer.subscription.updated').object).toMatchObject({
        id: kept,
        status: 'active',
      })
      stage.none('customer.subscription.deleted')
    }
  },
}

const paused: Scenario = {
  rows: [16],
  title: 'A trial ends without a card and pauses: no invoice, and the entitlements are told',
  async play(stage) {
    const { api } = stage
    const feature = await api.entitlements.features.create({ name: 'Export', lookup_key: 'export' })
    const price = await stage.price()
    await api.products.createFeature(String(price.product), { entitlement_feature: feature.id })
    const customer = await api.customers.create({})
    const { id } = await api.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
      trial_period_days: 7,
      trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
    })
    await stage.advance({ days: 6 })
    stage.mark()
    await stage.advance({ days: 1 })
    const updated = stage.only('customer.subscription.updated')
    expect(updated.previous).toMatchObject({ status: 'trialing' })
    const told = stage.only('customer.subscription.paused').object
    expect(told).toMatchObject({
      id,
      status: 'paused',
      status_details: {
        paused: { subscription: { type: 'trial_end_without_payment_method' } },
      },
    })
    expect(updated.object['status']).toBe('paused')
    expect(stage.types().filter((type) => type.startsWith('invoice'))).toEqual([])
    expect(stage.only('entitlements.active_entitlement_summary.updated').object).toMatchObject({
      customer: customer.id,
      entitlements: { data: [] },
    })
    // No invoice later either.
    await stage.advance({ days: 60 })
    stage.none('invoice.created', 'customer.subscription.deleted')
  },
}

const billed: Scenario = {
  rows: [17],
  title: 'A trial ends without a card and is billed: nothing to charge, so past due',
  async play(stage) {
    const customer = await stage.api.customers.create({})
    const id = await trial(stage, customer.id)
    await stage.advance({ days: 1 })
    expect(stage.only('customer.subscription.updated').object).toMatchObject({
      id,
      status: 'active',
    })
    expect(stage.only('invoice.created').object).toMatchObject({
      status: 'draft',
      billing_reason: 'subscription_cycle',
    })
    await stage.advance({ hours: 1 })
    stage.inOrder(
      'invoice.created',
      'invoice.finalized',
      'invoice.payment_failed',
      'customer.subscription.updated',
    )
    expect(stage.only('invoice.payment_failed').object).toMatchObject({
      status: 'open',
      amount_remaining: 2_900,
    })
    const late = stage.last('customer.subscription.updated')
    expect([late.previous?.['status'], late.object['status']]).toEqual(['active', 'past_due'])
  },
}

export const TRIAL_WITHOUT_CARD: readonly Scenario[] = [canceled, paused, billed]
