import { expect } from 'vitest'
import { entitledPrice } from '../../sandbox/scenarios/entitled-price.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { DAY, HOUR, SECOND_RENEWAL } from '../../sandbox/scenarios/subscriber.ts'
import { onePlan } from './dunning.ts'
import { appCustomer, catalogOf, FIRST_CHARGE, HALF_TIME, onSale, subscribeTo } from './shop.ts'

async function subscribed(stage: Stage) {
  const customer = await appCustomer(stage, 'ada')
  const sub = await subscribeTo(stage, customer, await onSale(stage, 'pro'))
  await stage.advanceTo(HALF_TIME)
  stage.mark()
  return { customer, sub }
}

const COLLECTION: Scenario = {
  rows: [65, 40],
  title: 'Collection is paused over one renewal, which is voided, and taken up again for the next',
  catalog: onePlan,
  async play(stage) {
    const { sub } = await subscribed(stage)
    await stage.api.subscriptions.update(sub.id, { pause_collection: { behavior: 'void' } })
    await stage.advanceTo(FIRST_CHARGE + 10 * DAY)
    expect(stage.only('invoice.voided').object).toMatchObject({ total: 2_900, amount_paid: 0 })
    await stage.api.subscriptions.update(sub.id, { pause_collection: '' })
    await stage.advanceTo(SECOND_RENEWAL + HOUR + DAY)
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
  },
}

const DRAFTS: Scenario = {
  rows: [65, 40],
  title:
    'Collection is paused with drafts kept; the draft is finalised and paid when the pause is over',
  catalog: onePlan,
  async play(stage) {
    const { sub } = await subscribed(stage)
    await stage.api.subscriptions.update(sub.id, {
      pause_collection: { behavior: 'keep_as_draft' },
    })
    await stage.advanceTo(FIRST_CHARGE + 5 * DAY)
    const draft = String((await stage.api.subscriptions.retrieve(sub.id)).latest_invoice)
    await stage.api.subscriptions.update(sub.id, { pause_collection: '' })
    await stage.api.invoices.pay(draft)
    expect(stage.only('invoice.paid').object).toMatchObject({ id: draft, amount_paid: 2_900 })
    await stage.advance({ days: 3 })
  },
}

const PAUSED: Scenario = {
  rows: [66, 68],
  title: 'A subscription is paused for three weeks, and the customer pays to go on',
  catalog: onePlan,
  async play(stage) {
    const { sub } = await subscribed(stage)
    await stage.api.subscriptions.pause(sub.id, {
      bill_for: { unused_time_from: { type: 'none' } },
    })
    expect(stage.only('customer.subscription.paused').object).toMatchObject({ status: 'paused' })
    await stage.advance({ days: 21 })
    const { latest_invoice: bill } = await stage.api.subscriptions.resume(sub.id)
    await stage.advance({ hours: 4 })
    await stage.api.invoices.pay(String(bill))
    expect(stage.only('customer.subscription.resumed').object).toMatchObject({ status: 'active' })
    await stage.advance({ days: 5 })
  },
}

const AFTER_TRIAL: Scenario = {
  rows: [10, 16, 68],
  title: 'A trial without a card pauses at its end, and goes on by a card four days later',
  catalog: (stage) =>
    catalogOf(stage, {
      features: { app: { type: 'flag' }, exports: { type: 'flag', stripeFeature: 'exports' } },
      products: {
        plan: {
          match: {
            products: [...stage.sandbox.world.table('product').values()].map(({ id }) => id),
          },
          grants: { app: true },
        },
      },
    }),
  async play(stage) {
    const { api } = stage
    const price = await entitledPrice(stage, 'exports')
    const { id: customer } = await api.customers.create({ metadata: { customer_id: 'ada' } })
    const sub = await api.subscriptions.create({
      customer,
      items: [{ price: price.id }],
      trial_period_days: 7,
      trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
    })
    await stage.advance({ days: 11 })
    stage.only('customer.subscription.paused')
    await stage.changeCard(customer, 'pm_card_visa')
    await api.subscriptions.resume(sub.id, { payment_behavior: 'resume_on_payment_success' })
    expect(stage.last('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
    stage.only('customer.subscription.resumed')
    await stage.advance({ days: 2 })
  },
}

export const PAUSES: readonly Scenario[] = [COLLECTION, DRAFTS, PAUSED, AFTER_TRIAL]
