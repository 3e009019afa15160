import { expect } from 'vitest'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { DAY, HOUR, idOf, SECOND_RENEWAL } from '../../sandbox/scenarios/subscriber.ts'
import { appCustomer, catalogOf, FIRST_CHARGE, onSale, subscribeTo } from './shop.ts'

export function onePlan(stage: Stage): CatalogDefinition {
  return catalogOf(stage, {
    features: { app: { type: 'flag' }, seats: { type: 'quantity' } },
    products: { pro: { grants: { app: true, seats: 'quantity' } } },
  })
}

/** One attempt for each bill within a month, and the subscription lives on. */
const PATIENT = { retryDays: [28], afterRetries: 'past_due' } as const

/** Its first renewal was declined just now. */
export async function declined(stage: Stage) {
  const customer = await appCustomer(stage, 'ada')
  const sub = await subscribeTo(stage, customer, await onSale(stage, 'pro'))
  await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
  await stage.advanceTo(FIRST_CHARGE)
  const bill = String(stage.last('invoice.payment_failed').object['id'])
  stage.mark()
  const status = async () => (await stage.api.subscriptions.retrieve(sub.id)).status
  return { customer, sub, bill, status }
}

const OUT_OF_BAND: Scenario = {
  rows: [41, 85],
  title:
    'A renewal is declined, the grace runs out, and the bill is paid by wire outside of Stripe',
  settings: PATIENT,
  catalog: onePlan,
  async play(stage) {
    const { bill, status } = await declined(stage)
    await stage.advance({ days: 9 })
    await stage.api.invoices.pay(bill, { paid_out_of_band: true })
    expect(stage.only('invoice.paid').object).toMatchObject({
      id: bill,
      amount_paid_off_stripe: 2_900,
    })
    expect(await status()).toBe('active')
    await stage.advance({ days: 1 })
  },
}

const WRITTEN_OFF_THEN_PAID: Scenario = {
  rows: [41, 84],
  title: 'A declined renewal is written off, and the customer pays it after all two weeks later',
  settings: PATIENT,
  catalog: onePlan,
  async play(stage) {
    const { customer, bill, status } = await declined(stage)
    await stage.advance({ days: 2 })
    await stage.api.invoices.markUncollectible(bill)
    expect(await status()).toBe('active')
    await stage.advance({ days: 12 })
    await stage.changeCard(customer, 'pm_card_visa')
    await stage.api.invoices.pay(bill)
    expect(stage.only('invoice.paid').object).toMatchObject({ id: bill, amount_paid: 2_900 })
    await stage.advance({ days: 1 })
  },
}

const VOIDED_THEN_NEXT: Scenario = {
  rows: [41, 83, 40],
  title: 'A declined renewal is voided, a month passes unpaid, and the next one is paid',
  settings: PATIENT,
  catalog: onePlan,
  async play(stage) {
    const { customer, bill, status } = await declined(stage)
    await stage.advance({ days: 1 })
    await stage.api.invoices.voidInvoice(bill)
    expect(await status()).toBe('active')
    await stage.changeCard(customer, 'pm_card_visa')
    await stage.advanceTo(SECOND_RENEWAL + 2 * HOUR)
    expect(stage.only('invoice.paid').object).toMatchObject({
      billing_reason: 'subscription_cycle',
    })
    await stage.advance({ days: 3 })
  },
}

const UNPAID_THEN_PAID: Scenario = {
  rows: [43, 46],
  title: 'Dunning ends in unpaid, a month goes by, and only paying the newest bill brings it back',
  settings: { retryDays: [3], afterRetries: 'unpaid' },
  catalog: onePlan,
  async play(stage) {
    const { customer, sub, bill, status } = await declined(stage)
    await stage.advance({ days: 4 })
    expect(await status()).toBe('unpaid')
    await stage.advanceTo(SECOND_RENEWAL + 2 * DAY)
    await stage.changeCard(customer, 'pm_card_visa')
    await stage.api.invoices.pay(bill)
    expect(await status()).toBe('unpaid')
    await stage.advance({ hours: 3 })
    const newest = await stage.api.subscriptions.retrieve(sub.id)
    await stage.api.invoices.pay(idOf(newest.latest_invoice))
    expect(await status()).toBe('active')
    await stage.advance({ days: 2 })
  },
}

const RECOVERED: Scenario = {
  rows: [41, 42, 45],
  title: 'A renewal fails twice and succeeds at the third attempt, on the fifth day of grace',
  settings: { retryDays: [2, 5], afterRetries: 'cancel' },
  catalog: onePlan,
  async play(stage) {
    const { customer, status } = await declined(stage)
    await stage.advance({ days: 3 })
    expect(await status()).toBe('past_due')
    await stage.changeCard(customer, 'pm_card_visa')
    await stage.advance({ days: 2 })
    expect(stage.only('invoice.paid').object).toMatchObject({ attempt_count: 3 })
    expect(await status()).toBe('active')
    await stage.advance({ days: 10 })
  },
}

const SERIAL: Scenario = {
  rows: [41, 43],
  title: 'Two renewals in a row are declined: the second brings no second grace',
  settings: { retryDays: [20], afterRetries: 'past_due' },
  catalog: onePlan,
  async play(stage) {
    const { status } = await declined(stage)
    await stage.advanceTo(SECOND_RENEWAL + HOUR + DAY)
    expect(
      stage.since('invoice.payment_failed').map(({ object }) => object['attempt_count']),
    ).toEqual([2, 1])
    expect(await status()).toBe('past_due')
  },
}

const CANCELED_BY_DUNNING: Scenario = {
  rows: [43, 1],
  title:
    'Dunning cancels the subscription, and the customer comes back with a new one a week later',
  settings: { retryDays: [3, 6], afterRetries: 'cancel' },
  catalog: onePlan,
  async play(stage) {
    const { customer, sub } = await declined(stage)
    await stage.advance({ days: 7 })
    expect(stage.only('customer.subscription.deleted').object).toMatchObject({ id: sub.id })
    await stage.changeCard(customer, 'pm_card_visa')
    await stage.advance({ days: 7 })
    const again = await stage.api.subscriptions.create({
      customer,
      items: [{ price: sub.items.data[0]?.price.id ?? '', quantity: 4 }],
    })
    expect(again.status).toBe('active')
    await stage.advance({ days: 2 })
  },
}

export const DUNNING: readonly Scenario[] = [
  OUT_OF_BAND,
  WRITTEN_OFF_THEN_PAID,
  VOIDED_THEN_NEXT,
  UNPAID_THEN_PAID,
  RECOVERED,
  SERIAL,
  CANCELED_BY_DUNNING,
]
