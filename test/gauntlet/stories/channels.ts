import { expect } from 'vitest'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { DAY, HOUR } from '../../sandbox/scenarios/subscriber.ts'
import { appCustomer, buyOnce, catalogOf, onSale, onSaleOnce } from './shop.ts'

function offers(stage: Stage): CatalogDefinition {
  return catalogOf(stage, {
    features: { app: { type: 'flag' }, setup: { type: 'flag' }, seats: { type: 'quantity' } },
    products: {
      pro: { grants: { app: true, seats: 'quantity' } },
      setup: { grants: { setup: true } },
    },
  })
}

const QUOTED: Scenario = {
  rows: [88, 40],
  title: 'A quote for eight seats is accepted, billed by invoice and paid within its thirty days',
  catalog: offers,
  async play(stage) {
    const { api } = stage
    const price = await onSale(stage, 'pro')
    const customer = await appCustomer(stage, 'acme')
    const draft = await api.quotes.create({
      customer,
      line_items: [{ price: price.id, quantity: 8 }],
      collection_method: 'send_invoice',
      invoice_settings: { days_until_due: 30 },
    })
    await api.quotes.finalizeQuote(draft.id)
    await stage.advance({ days: 3 })
    const { subscription } = await api.quotes.accept(draft.id)
    const { latest_invoice: bill } = await api.subscriptions.retrieve(String(subscription))
    await stage.advance({ days: 12 })
    await api.invoices.pay(String(bill), { paid_out_of_band: true })
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 23_200 })
    await stage.advance({ days: 5 })
  },
}

function scheduled(card: 'pm_card_visa' | 'pm_card_chargeCustomerFail'): Scenario {
  const end =
    card === 'pm_card_visa' ? 'and is paid an hour into it' : 'and is declined an hour into it'
  return {
    rows: [72, 50],
    title: `A subscription is scheduled for next week, begins by itself ${end}`,
    settings: { retryDays: [20], afterRetries: 'past_due' },
    catalog: offers,
    async play(stage) {
      const price = await onSale(stage, 'pro')
      const customer = await appCustomer(stage, 'acme', card)
      const start = stage.sandbox.now() + 7 * DAY
      await stage.api.subscriptionSchedules.create({
        customer,
        start_date: start,
        phases: [{ items: [{ price: price.id, quantity: 3 }] }],
      })
      await stage.advanceTo(start + HOUR - 1)
      expect(stage.only('customer.subscription.created').object).toMatchObject({ status: 'active' })
      stage.none('invoice.paid')
      await stage.advance({ seconds: 1 })
      stage.only(card === 'pm_card_visa' ? 'invoice.paid' : 'invoice.payment_failed')
      await stage.advance({ days: 2 })
    },
  }
}

function held(outcome: 'captured' | 'canceled'): Scenario {
  return {
    rows: [31],
    title: `A set-up fee is authorised at Checkout and ${outcome} by hand three days later`,
    catalog: offers,
    async play(stage) {
      const price = await onSaleOnce(stage, 'setup')
      const customer = await appCustomer(stage, 'acme')
      const { intent, session } = await buyOnce(stage, 'setup', price, {
        customer,
        payment_intent_data: { capture_method: 'manual' },
      })
      expect(session).toMatchObject({ status: 'complete', payment_status: 'unpaid' })
      await stage.advance({ days: 3 })
      if (outcome === 'captured') {
        await stage.api.paymentIntents.capture(intent)
        expect(stage.only('payment_intent.succeeded').object).toMatchObject({ id: intent })
      } else {
        await stage.api.paymentIntents.cancel(intent)
        expect(stage.only('payment_intent.canceled').object).toMatchObject({ id: intent })
      }
      await stage.advance({ days: 1 })
    },
  }
}

const BY_HAND: Scenario = {
  rows: [86, 29],
  title: 'A set-up fee is put on an invoice by hand, sent, and paid in two parts',
  catalog: offers,
  async play(stage) {
    const { api } = stage
    const price = await onSaleOnce(stage, 'setup')
    const customer = await appCustomer(stage, 'acme')
    const { id: bill } = await api.invoices.create({
      customer,
      collection_method: 'send_invoice',
      days_until_due: 14,
    })
    await api.invoiceItems.create({ customer, invoice: bill, pricing: { price: price.id } })
    await api.invoices.finalizeInvoice(bill)
    const pay = async (amount: number) => {
      const intent = await api.paymentIntents.create({
        amount,
        currency: 'usd',
        customer,
        payment_method: 'pm_card_visa',
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      })
      await api.invoices.attachPayment(bill, { payment_intent: intent.id })
    }
    await stage.advance({ days: 2 })
    await pay(2_000)
    stage.none('invoice.paid')
    await stage.advance({ days: 5 })
    await pay(2_900)
    expect(stage.only('invoice.paid').object).toMatchObject({ id: bill, amount_paid: 4_900 })
    await stage.advance({ days: 1 })
  },
}

const ITSELF: Scenario = {
  rows: [29, 74],
  title: 'An app takes the money by an intent of its own, and gives it back after a week',
  catalog: offers,
  async play(stage) {
    const customer = await appCustomer(stage, 'acme')
    const intent = await stage.api.paymentIntents.create({
      amount: 4_900,
      currency: 'usd',
      customer,
      payment_method: 'pm_card_visa',
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      metadata: { proviso_product: 'setup' },
    })
    expect(intent.status).toBe('succeeded')
    await stage.advance({ days: 7 })
    await stage.api.refunds.create({ payment_intent: intent.id })
    expect(stage.only('charge.refunded').object).toMatchObject({ amount_refunded: 4_900 })
    await stage.advance({ days: 1 })
  },
}

export const CHANNELS: readonly Scenario[] = [
  QUOTED,
  scheduled('pm_card_visa'),
  scheduled('pm_card_chargeCustomerFail'),
  held('captured'),
  held('canceled'),
  BY_HAND,
  ITSELF,
]
