import { expect } from 'vitest'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { DAY } from '../../sandbox/scenarios/subscriber.ts'
import { appCustomer, buyOnce, catalogOf, onSale, onSaleOnce } from './shop.ts'

/** Banks take days. */
const FIVE_DAYS = { bankDebitSeconds: 5 * DAY }

export function debitShop(stage: Stage): CatalogDefinition {
  return catalogOf(stage, {
    features: { app: { type: 'flag' }, print: { type: 'flag' } },
    products: { pro: { grants: { app: true } }, print: { grants: { print: true } } },
  })
}

const CARD_AFTER_DEBIT: Scenario = {
  rows: [21, 23],
  title: 'The first bank debit fails, and the open invoice is paid by card a day later',
  settings: { ...FIVE_DAYS, firstDebitFailure: 'leave_open' },
  catalog: debitShop,
  async play(stage) {
    const price = await onSale(stage, 'pro', { currency: 'eur' })
    const customer = await appCustomer(stage, 'ada')
    const session = await stage.checkout({
      customer,
      line_items: [{ price: price.id, quantity: 1 }],
      allowed_payment_method_types: ['sepa_debit'],
    })
    const done = await stage.sandbox.pay(session, { paymentMethod: 'pm_sepaDebit_failed_de' })
    await stage.advance({ days: 5 })
    stage.only('checkout.session.async_payment_failed')
    await stage.advance({ days: 1 })
    stage.mark()
    const card = await stage.api.paymentMethods.attach('pm_card_visa', { customer })
    await stage.api.invoices.pay(String(done.invoice), { payment_method: card.id })
    expect(stage.only('invoice.paid').object).toMatchObject({
      id: done.invoice,
      amount_paid: 2_900,
    })
    await stage.advance({ days: 4 })
  },
}

const RENEWED_BY_DEBIT: Scenario = {
  rows: [22, 26, 40],
  title:
    'Two months by bank debit: each is under way for days, and served while it is but for the first',
  settings: FIVE_DAYS,
  catalog: debitShop,
  async play(stage) {
    const price = await onSale(stage, 'pro', { currency: 'eur' })
    const customer = await appCustomer(stage, 'ada')
    const session = await stage.checkout({
      customer,
      line_items: [{ price: price.id, quantity: 1 }],
      allowed_payment_method_types: ['sepa_debit'],
    })
    await stage.sandbox.pay(session, { paymentMethod: 'pm_sepaDebit_success_de' })
    await stage.advance({ days: 5 })
    stage.only('checkout.session.async_payment_succeeded')
    await stage.advance({ days: 27 })
    expect(stage.since('payment_intent.processing')).toHaveLength(2)
    expect(stage.since('invoice.paid')).toHaveLength(1)
    await stage.advance({ days: 3 })
    expect(stage.since('invoice.paid')).toHaveLength(2)
  },
}

const TWO_TRIES: Scenario = {
  rows: [28, 29],
  title: 'A purchase by bank debit fails after days, and a second one by card succeeds at once',
  settings: FIVE_DAYS,
  catalog: debitShop,
  async play(stage) {
    const price = await onSaleOnce(stage, 'print', { currency: 'eur' })
    const customer = await appCustomer(stage, 'ada')
    const first = await buyOnce(stage, 'print', price, {
      customer,
      allowed_payment_method_types: ['sepa_debit'],
      paymentMethod: 'pm_sepaDebit_failed_de',
    })
    await stage.advance({ days: 5 })
    expect(stage.only('checkout.session.async_payment_failed').object['id']).toBe(first.session.id)
    await stage.advance({ days: 1 })
    const second = await buyOnce(stage, 'print', price, { customer })
    expect(second.session.payment_status).toBe('paid')
    await stage.advance({ days: 1 })
  },
}

const BY_TRANSFER: Scenario = {
  rows: [86],
  title: 'A purchase by bank transfer waits for its money, which comes in two parts over six days',
  catalog: debitShop,
  async play(stage) {
    const { api } = stage
    const customer = await appCustomer(stage, 'ada')
    const intent = await api.paymentIntents.create({
      amount: 4_900,
      currency: 'usd',
      customer,
      allowed_payment_method_types: ['customer_balance'],
      payment_method_data: { type: 'customer_balance' },
      payment_method_options: {
        customer_balance: {
          funding_type: 'bank_transfer',
          bank_transfer: { type: 'us_bank_transfer' },
        },
      },
      metadata: { proviso_product: 'print' },
      confirm: true,
    })
    expect(intent.status).toBe('requires_action')
    const fund = (amount: number) =>
      api.testHelpers.customers.fundCashBalance(customer, { amount, currency: 'usd' })
    await stage.advance({ days: 4 })
    await fund(2_000)
    expect(stage.only('payment_intent.partially_funded').object['id']).toBe(intent.id)
    await stage.advance({ days: 2 })
    await fund(2_900)
    expect(stage.only('payment_intent.succeeded').object).toMatchObject({ amount_received: 4_900 })
    await stage.advance({ days: 1 })
  },
}

const SENT_BACK: Scenario = {
  rows: [27, 40],
  title: 'A paid debit is sent back by the bank, and the next month is paid by card and stands',
  settings: { bankDebitSeconds: 3 * DAY },
  catalog: debitShop,
  async play(stage) {
    const price = await onSale(stage, 'pro', { currency: 'eur' })
    const customer = await appCustomer(stage, 'ada', 'pm_sepaDebit_disputed_de')
    await stage.api.subscriptions.create({ customer, items: [{ price: price.id }] })
    await stage.advance({ days: 4 })
    expect(stage.only('charge.dispute.created').object['status']).toBe('lost')
    await stage.changeCard(customer, 'pm_card_visa')
    await stage.advance({ days: 27 })
    expect(stage.last('invoice.paid').object).toMatchObject({
      billing_reason: 'subscription_cycle',
    })
  },
}

export const DEBITS: readonly Scenario[] = [
  CARD_AFTER_DEBIT,
  RENEWED_BY_DEBIT,
  TWO_TRIES,
  BY_TRANSFER,
  SENT_BACK,
]
