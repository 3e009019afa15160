import { expect } from 'vitest'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { buyOnce, catalogOf, onSale, onSaleOnce } from './shop.ts'

function bookShop(stage: Stage): CatalogDefinition {
  return catalogOf(stage, {
    features: { book: { type: 'flag' }, app: { type: 'flag' } },
    products: { book: { grants: { book: true } }, pro: { grants: { app: true } } },
  })
}

const LINKED: Scenario = {
  rows: [29, 32],
  title: 'A buyer without an account pays once, signs up the next day, and the purchase is theirs',
  catalog: bookShop,
  async play(stage) {
    const price = await onSaleOnce(stage, 'book')
    const { session } = await buyOnce(stage, 'book', price, { customer_creation: 'always' })
    const customer = String(session.customer)
    await stage.advance({ days: 1 })
    stage.mark()
    await stage.api.customers.update(customer, { metadata: { customer_id: 'ada' } })
    expect(stage.only('customer.updated').previous).toEqual({ metadata: { customer_id: null } })
    await stage.advance({ days: 1 })
  },
}

const KNOWN_LATER: Scenario = {
  rows: [29, 1],
  title: 'A purchase that names nobody belongs to the app customer whose subscription came later',
  catalog: bookShop,
  async play(stage) {
    const book = await onSaleOnce(stage, 'book')
    const pro = await onSale(stage, 'pro')
    const { session } = await buyOnce(stage, 'book', book, { customer_creation: 'always' })
    await stage.advance({ days: 6 })
    const second = await stage.checkout({
      customer: String(session.customer),
      line_items: [{ price: pro.id, quantity: 1 }],
      client_reference_id: 'ada',
    })
    const { customer } = await stage.sandbox.pay(second)
    expect(customer).toBe(session.customer)
    await stage.advance({ days: 2 })
  },
}

const NAMELESS: Scenario = {
  rows: [32, 74],
  title:
    'A guest whom nothing names buys twice, and has the first purchase refunded: each stands for itself',
  catalog: bookShop,
  async play(stage) {
    const price = await onSaleOnce(stage, 'book')
    const first = await buyOnce(stage, 'book', price)
    const second = await buyOnce(stage, 'book', price)
    expect([first.session.customer, second.session.customer]).toEqual([null, null])
    await stage.advance({ days: 2 })
    await stage.api.refunds.create({ charge: first.charge })
    expect(stage.only('charge.refunded').object['payment_intent']).toBe(first.intent)
    await stage.advance({ hours: 1 })
  },
}

const BY_REFERENCE: Scenario = {
  rows: [32, 74, 76],
  title: 'A guest known by a reference has a pending refund, which goes through after a day',
  settings: { refundSeconds: 86_400 },
  catalog: bookShop,
  async play(stage) {
    const price = await onSaleOnce(stage, 'book')
    const { charge } = await buyOnce(stage, 'book', price, {
      client_reference_id: 'ada',
      paymentMethod: 'pm_card_pendingRefund',
    })
    await stage.advance({ days: 3 })
    await stage.api.refunds.create({ charge })
    expect(stage.only('refund.created').object['status']).toBe('pending')
    await stage.advance({ days: 1 })
    expect(stage.only('refund.updated').object['status']).toBe('succeeded')
  },
}

const UNNAMED_LINES: Scenario = {
  rows: [29],
  title: 'A purchase whose session does not say what it sold: only its line items tell',
  catalog: bookShop,
  async play(stage) {
    const price = await onSaleOnce(stage, 'book')
    const open = await stage.checkout({
      mode: 'payment',
      line_items: [{ price: price.id, quantity: 1 }],
      client_reference_id: 'ada',
    })
    await stage.sandbox.pay(open)
    const completed = stage.only('checkout.session.completed').object
    expect(completed).toMatchObject({ payment_status: 'paid', metadata: {} })
    expect(completed).not.toHaveProperty('line_items')
    await stage.advance({ days: 1 })
  },
}

const WITH_INVOICE: Scenario = {
  rows: [30, 75],
  title: 'A purchase with an invoice is known by the lines of that, and refunded in part',
  catalog: bookShop,
  async play(stage) {
    const price = await onSaleOnce(stage, 'book')
    const open = await stage.checkout({
      mode: 'payment',
      line_items: [{ price: price.id, quantity: 1 }],
      client_reference_id: 'ada',
      invoice_creation: { enabled: true },
    })
    const { payment_intent: intent } = await stage.sandbox.pay(open)
    expect(stage.only('invoice.paid').object).toMatchObject({ amount_paid: 4_900 })
    await stage.advance({ days: 1 })
    await stage.api.refunds.create({ payment_intent: String(intent), amount: 1_900 })
    expect(stage.only('charge.refunded').object).toMatchObject({ refunded: false })
    await stage.advance({ days: 1 })
  },
}

export const GUESTS: readonly Scenario[] = [
  LINKED,
  KNOWN_LATER,
  NAMELESS,
  BY_REFERENCE,
  UNNAMED_LINES,
  WITH_INVOICE,
]
