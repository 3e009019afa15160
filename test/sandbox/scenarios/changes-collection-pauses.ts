import { expect } from 'vitest'
import { entitledPrice, SUMMARY } from './entitled-price.ts'
import type { Scenario } from './scenario.ts'
import { at } from './stage.ts'

const RENEWAL = at('2026-02-28T09:00:00Z')

const OUTCOMES = [
  { behavior: 'keep_as_draft', status: 'draft', event: null },
  {
    behavior: 'mark_uncollectible',
    status: 'uncollectible',
    event: 'invoice.marked_uncollectible',
  },
  { behavior: 'void', status: 'void', event: 'invoice.voided' },
] as const

const UNCOLLECTED: Scenario = {
  rows: [65],
  title:
    'With collection paused the subscription renews and stays active, and its invoices wait, are given up or voided',
  async play(stage) {
    const { api } = stage
    const price = await entitledPrice(stage, 'exports')
    const paused = []
    for (const outcome of OUTCOMES) {
      const { id: customer } = await stage.customer()
      const sub = await api.subscriptions.create({ customer, items: [{ price: price.id }] })
      stage.mark()
      await api.subscriptions.update(sub.id, { pause_collection: { behavior: outcome.behavior } })
      expect(stage.types()).toEqual(['customer.subscription.updated'])
      const { object, previous } = stage.only('customer.subscription.updated')
      expect(previous).toEqual({ pause_collection: null })
      expect(object).toMatchObject({
        status: 'active',
        pause_collection: { behavior: outcome.behavior, resumes_at: null },
      })
      paused.push({ ...outcome, sub, customer })
    }

    stage.mark()
    await stage.advance({ days: 28, hours: 2 })
    for (const { sub, customer, status, event } of paused) {
      const own = stage.since().filter(({ object }) => object['customer'] === customer)
      const renewed = own.filter(({ type }) => type === 'customer.subscription.updated')
      expect(renewed.map(({ object }) => object['status'])).toEqual(['active'])
      const after = await api.subscriptions.retrieve(sub.id)
      expect(after.items.data[0]?.current_period_start).toBe(RENEWAL)
      const invoice = await api.invoices.retrieve(String(after.latest_invoice))
      expect(invoice).toMatchObject({
        billing_reason: 'subscription_cycle',
        status,
        auto_advance: false,
        amount_paid: 0,
        total: 2_900,
      })
      expect(invoice.status_details ?? null).toEqual(
        status === 'uncollectible' ? { uncollectible: { reason: 'subscription_paused' } } : null,
      )
      const ends = ['invoice.marked_uncollectible', 'invoice.voided', 'invoice.finalized']
      expect(own.filter(({ type }) => ends.includes(type)).map(({ type }) => type)).toEqual(
        event === null ? [] : ['invoice.finalized', event],
      )
    }
    // "Your customer retains access": no pause of the subscription, nothing taken, nothing lost.
    stage.none('customer.subscription.paused', SUMMARY, 'charge.succeeded', 'invoice.paid')
    stage.none('invoice.payment_failed')
  },
}

const OLD_DEBT: Scenario = {
  rows: [65],
  title:
    'An invoice from before collection was paused is still retried, and collection goes on by itself at resumes_at',
  settings: { retryDays: [3, 5, 7] },
  async play(stage) {
    const { api } = stage
    const customer = await stage.customer()
    const sub = await api.subscriptions.create({
      customer: customer.id,
      items: [{ price: (await stage.price()).id }],
    })
    await stage.changeCard(customer.id, 'pm_card_chargeCustomerFail')
    await stage.advance({ days: 28, hours: 2 })
    const owed = stage.last('invoice.payment_failed').object
    expect(owed['next_payment_attempt']).toBe(RENEWAL + 3_600 + 3 * 86_400)
    const resumesAt = at('2026-04-10T00:00:00Z')
    await api.subscriptions.update(sub.id, {
      pause_collection: { behavior: 'void', resumes_at: resumesAt },
    })
    await stage.changeCard(customer.id, 'pm_card_visa')

    stage.mark()
    await stage.advance({ days: 3 })
    expect(stage.only('invoice.paid').object).toMatchObject({ id: owed['id'], attempt_count: 2 })
    expect(stage.only('customer.subscription.updated')).toMatchObject({
      object: { status: 'active', pause_collection: { behavior: 'void', resumes_at: resumesAt } },
      previous: { status: 'past_due' },
    })

    // 31 March falls into the pause, 30 April does not.
    stage.mark()
    await stage.advance({ days: 30 })
    expect(stage.only('invoice.voided').object).toMatchObject({
      billing_reason: 'subscription_cycle',
      total: 2_900,
    })
    stage.none('invoice.paid')
    stage.mark()
    await stage.advance({ days: 10 })
    const { object, previous, created } = stage.only('customer.subscription.updated')
    expect(created).toBe(resumesAt)
    expect(previous).toEqual({ pause_collection: { behavior: 'void', resumes_at: resumesAt } })
    expect(object).toMatchObject({ pause_collection: null, status: 'active' })
    stage.none('customer.subscription.resumed')
    stage.mark()
    await stage.advance({ days: 20 })
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
  },
}

export const COLLECTION_PAUSES: readonly Scenario[] = [UNCOLLECTED, OLD_DEBT]
