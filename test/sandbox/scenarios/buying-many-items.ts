import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'

const manyItems: Scenario = {
  rows: [8],
  title: 'One subscription holds many items, each with a period of its own, and a one-time price',
  async play(stage) {
    const monthly = await stage.price()
    const yearly = await stage.price({
      unit_amount: 10_000,
      recurring: { interval: 'year' },
      product_data: { name: 'Support' },
    })
    const setUp = await stage.api.prices.create({
      currency: 'usd',
      unit_amount: 4_900,
      product_data: { name: 'Set-up' },
    })
    const session = await stage.checkout({
      line_items: [
        { price: monthly.id, quantity: 3 },
        { price: yearly.id, quantity: 1 },
        { price: setUp.id, quantity: 1 },
      ],
    })
    stage.mark()
    const { subscription, invoice } = await stage.sandbox.pay(session)
    const created = stage.only('customer.subscription.created').object
    expect(created).toMatchObject({ id: subscription, status: 'active' })
    expect(created['billing_mode']).toMatchObject({ type: 'flexible' })
    const start = stage.sandbox.now()
    expect(created['items']).toMatchObject({
      has_more: false,
      data: [
        {
          price: { id: monthly.id },
          quantity: 3,
          current_period_start: start,
          current_period_end: Date.UTC(2026, 1, 28, 9) / 1_000,
        },
        {
          price: { id: yearly.id },
          quantity: 1,
          current_period_start: start,
          current_period_end: Date.UTC(2027, 0, 31, 9) / 1_000,
        },
      ],
    })
    // One first invoice for all of it, the one-time price too, which is no item.
    expect((created['items'] as { data: unknown[] }).data).toHaveLength(2)
    const paid = stage.only('invoice.paid').object
    expect(paid).toMatchObject({ id: invoice, amount_paid: 23_600 })
    const { data: lines } = paid['lines'] as {
      data: { amount: number; pricing: { price_details: { price: string } } }[]
    }
    expect(
      Object.fromEntries(lines.map((line) => [line.pricing.price_details.price, line.amount])),
    ).toEqual({ [monthly.id]: 8_700, [yearly.id]: 10_000, [setUp.id]: 4_900 })
    expect(stage.only('checkout.session.completed').object['amount_total']).toBe(23_600)
    // A month on, the monthly item alone is billed and moves.
    stage.mark()
    await stage.advance({ days: 28 })
    const renewed = stage.only('customer.subscription.updated')
    expect(renewed.object['items']).toMatchObject({
      data: [
        { current_period_end: Date.UTC(2026, 2, 31, 9) / 1_000 },
        { current_period_end: Date.UTC(2027, 0, 31, 9) / 1_000 },
      ],
    })
    expect(stage.only('invoice.created').object['amount_due']).toBe(8_700)
  },
}

export const MANY_ITEMS: readonly Scenario[] = [manyItems]
