import { expect } from 'vitest'
import type { CatalogDefinition, Policy } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { DAY, HOUR, SECOND_RENEWAL } from '../../sandbox/scenarios/subscriber.ts'
import { declined } from './dunning.ts'
import { BIG, onTier } from './plan-changes.ts'
import {
  appCustomer,
  catalogOf,
  FIRST_CHARGE,
  HALF_TIME,
  itemOf,
  onSale,
  subscribeTo,
} from './shop.ts'

/** The ordinary offers under another policy. */
export function under(policy: Partial<Policy>) {
  return (stage: Stage): CatalogDefinition =>
    catalogOf(stage, {
      features: { app: { type: 'flag' }, seats: { type: 'quantity' }, audit: { type: 'flag' } },
      products: {
        pro: { grants: { app: true, seats: 'quantity' } },
        basic: { grants: { app: true } },
        team: { grants: { app: true, audit: true } },
        licence: { grants: { app: true } },
      },
      policy,
    })
}

const PATIENT = { retryDays: [20], afterRetries: 'past_due' } as const

async function subscribed(stage: Stage, fields: Parameters<typeof subscribeTo>[3] = {}) {
  const customer = await appCustomer(stage, 'ada')
  const sub = await subscribeTo(stage, customer, await onSale(stage, 'pro'), fields)
  return { customer, sub }
}

const NO_GRACE: Scenario = {
  rows: [41, 45],
  title:
    'Where there is no grace a declined renewal takes access at once, and its payment gives it back',
  settings: PATIENT,
  catalog: under({ pastDueGraceDays: 0 }),
  async play(stage) {
    const { customer, bill, status } = await declined(stage)
    expect(await status()).toBe('past_due')
    await stage.advance({ days: 2 })
    await stage.changeCard(customer, 'pm_card_visa')
    await stage.api.invoices.pay(bill)
    expect(stage.only('invoice.paid').object).toMatchObject({ id: bill })
    await stage.advance({ hours: 1 })
  },
}

const LONG_GRACE: Scenario = {
  rows: [41],
  title: 'Where the grace is three weeks a debtor is served for three weeks, and not for four',
  settings: PATIENT,
  catalog: under({ pastDueGraceDays: 21 }),
  async play(stage) {
    const { status } = await declined(stage)
    await stage.advance({ days: 26 })
    expect(await status()).toBe('past_due')
  },
}

const PAID_ONLY: Scenario = {
  rows: [88, 85],
  title: 'Where a sent invoice counts only once it is paid, the customer waits for three days',
  catalog: under({ sendInvoice: 'paidOnly' }),
  async play(stage) {
    const { sub } = await subscribed(stage, {
      collection_method: 'send_invoice',
      days_until_due: 14,
    })
    expect(sub.status).toBe('active')
    await stage.advance({ days: 3 })
    stage.only('invoice.sent')
    await stage.api.invoices.pay(String(sub.latest_invoice), { paid_out_of_band: true })
    await stage.advance({ days: 5 })
  },
}

function whileProcessing(outcome: 'success' | 'failed'): Scenario {
  return {
    rows: [21, outcome === 'success' ? 22 : 23],
    title: `Where a debit under way is trusted, access begins with the order${outcome === 'success' ? ' and stays' : ' and ends when the bank refuses'}`,
    settings: { bankDebitSeconds: 5 * DAY },
    catalog: under({ grantWhileProcessing: true }),
    async play(stage) {
      const price = await onSale(stage, 'pro', { currency: 'eur' })
      const session = await stage.checkout({
        customer: await appCustomer(stage, 'ada'),
        line_items: [{ price: price.id, quantity: 2 }],
        allowed_payment_method_types: ['sepa_debit'],
      })
      await stage.sandbox.pay(session, { paymentMethod: `pm_sepaDebit_${outcome}_de` })
      expect(stage.only('checkout.session.completed').object['payment_status']).toBe('unpaid')
      await stage.advance({ days: 6 })
      stage.only(
        outcome === 'success'
          ? 'checkout.session.async_payment_succeeded'
          : 'checkout.session.async_payment_failed',
      )
    },
  }
}

const NO_TRIAL: Scenario = {
  rows: [9, 13],
  title: 'Where a trial gives nothing, access begins with the first payment after it',
  catalog: under({ trial: 'deny' }),
  async play(stage) {
    const { sub } = await subscribed(stage, { trial_period_days: 7 })
    expect(sub.status).toBe('trialing')
    await stage.advance({ days: 7, hours: 2 })
    expect(stage.last('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
    await stage.advance({ days: 3 })
  },
}

const COLLECTION_SUSPENDS: Scenario = {
  rows: [65, 40],
  title:
    'Where a pause of collection suspends, the month that is paid stands, the one let go is not served',
  catalog: under({ pauseCollection: 'suspend' }),
  async play(stage) {
    const { sub } = await subscribed(stage)
    await stage.advance({ days: 4 })
    await stage.api.subscriptions.update(sub.id, { pause_collection: { behavior: 'void' } })
    await stage.advanceTo(FIRST_CHARGE + 10 * DAY)
    expect(stage.only('invoice.voided').object).toMatchObject({ total: 2_900, amount_paid: 0 })
    await stage.api.subscriptions.update(sub.id, { pause_collection: '' })
    stage.mark()
    await stage.advanceTo(SECOND_RENEWAL + HOUR + DAY)
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 2_900 })
  },
}

const UPGRADE_TRUSTED: Scenario = {
  rows: [55],
  title: 'Where an unpaid upgrade is granted, the big plan is served though its bill was declined',
  settings: PATIENT,
  catalog: under({ unpaidUpgrade: 'grantNew' }),
  async play(stage) {
    const { team, customer, sub, item } = await onTier(stage, 'basic')
    await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
    await stage.advanceTo(HALF_TIME)
    const changed = await stage.api.subscriptions.update(sub.id, {
      items: [{ id: item, price: team.id }],
      proration_behavior: 'always_invoice',
    })
    expect(changed.status).toBe('past_due')
    await stage.advance({ days: 2 })
  },
}

const PER_PRODUCT: Scenario = {
  rows: [41, 93],
  title: 'One product has no grace, the other has a week: two declined renewals part their ways',
  settings: PATIENT,
  catalog: (stage) =>
    catalogOf(stage, {
      features: { app: { type: 'flag' }, render: { type: 'flag' } },
      products: {
        pro: { grants: { app: true } },
        render: { grants: { render: true }, policy: { pastDueGraceDays: 0 } },
      },
    }),
  async play(stage) {
    const [pro, render] = [await onSale(stage, 'pro'), await onSale(stage, 'render', BIG)]
    const customer = await appCustomer(stage, 'ada')
    const sub = await stage.api.subscriptions.create({
      customer,
      items: [{ price: pro.id }, { price: render.id }],
    })
    expect(itemOf(sub, pro)).not.toBe(itemOf(sub, render))
    await stage.changeCard(customer, 'pm_card_chargeCustomerFail')
    await stage.advanceTo(FIRST_CHARGE + HOUR)
    expect(stage.last('invoice.payment_failed').object).toMatchObject({ amount_due: 8_700 })
    await stage.advance({ days: 3 })
  },
}

export const POLICIES: readonly Scenario[] = [
  NO_GRACE,
  LONG_GRACE,
  PAID_ONLY,
  whileProcessing('success'),
  whileProcessing('failed'),
  NO_TRIAL,
  COLLECTION_SUSPENDS,
  UPGRADE_TRUSTED,
  PER_PRODUCT,
]
