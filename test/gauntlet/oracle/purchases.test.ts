import { describe, expect, test } from 'vitest'
import type { Stage } from '../../sandbox/scenarios/stage.ts'
import { dueIn, type Life, type Shop } from './on-the-books.ts'

/** Buys something once at Checkout; the payment intent. */
async function buy(
  stage: Stage,
  { ada }: Shop,
  price: { readonly id: string },
  {
    paymentMethod = 'pm_card_visa',
    ...fields
  }: Parameters<Stage['checkout']>[0] & { paymentMethod?: string } = {},
): Promise<string> {
  const session = await stage.checkout({
    mode: 'payment',
    customer: ada,
    line_items: [{ price: price.id, quantity: 1 }],
    ...fields,
  })
  const { payment_intent: intent } = await stage.sandbox.pay(session, { paymentMethod })
  return String(intent)
}

describe('the oracle tells of what is bought once', () => {
  test.each([
    { amount: 4_900, after: '' },
    { amount: 4_899, after: 'book' },
  ])('that a refund of $amount leaves "$after"', async ({ amount, after }) => {
    const told = await dueIn(
      {
        async play(stage, shop) {
          const intent = await buy(stage, shop, shop.book)
          await stage.advance({ days: 10 })
          await stage.api.refunds.create({ payment_intent: intent, amount })
          await stage.advance({ days: 10 })
        },
      },
      '2026-02-10T08:59:59Z',
      '2026-02-10T09:00:00Z',
    )
    expect(told).toEqual(['book', after])
  })

  test('that a dispute suspends until it is won', async () => {
    const told = await dueIn(
      {
        async play(stage, shop) {
          await buy(stage, shop, shop.book, { paymentMethod: 'pm_card_createDispute' })
          await stage.advance({ days: 5 })
          const { data } = await stage.api.disputes.list()
          await stage.api.disputes.update(data[0]?.id ?? '', {
            evidence: { uncategorized_text: 'winning_evidence' },
            submit: true,
          })
          await stage.advance({ days: 5 })
        },
      },
      '2026-01-31T09:00:00Z', // paid
      '2026-01-31T09:00:02Z', // disputed
      '2026-02-05T08:59:59Z',
      '2026-02-10T09:00:00Z', // won
    )
    expect(told).toEqual(['book', '', '', 'book'])
  })

  test('that a second pass begins where the first ends', async () => {
    const told = await dueIn(
      {
        async play(stage, shop) {
          await buy(stage, shop, shop.pass)
          await stage.advance({ days: 20 })
          await buy(stage, shop, shop.pass)
          await stage.advance({ days: 50 })
        },
      },
      '2026-02-25T09:00:00Z', // day 25: the first
      '2026-03-02T09:00:00Z', // day 30: the second
      '2026-04-01T08:59:59Z', // day 60, but for a second
      '2026-04-01T09:00:00Z',
    )
    expect(told).toEqual(['projects 5', 'projects 5', 'projects 5', ''])
  })

  test('that money held is none until it is captured', async () => {
    const told = await dueIn(
      {
        async play(stage, shop) {
          const intent = await buy(stage, shop, shop.book, {
            payment_intent_data: { capture_method: 'manual' },
          })
          await stage.advance({ days: 2 })
          await stage.api.paymentIntents.capture(intent)
        },
      },
      '2026-02-01T09:00:00Z',
      '2026-02-02T09:00:00Z',
    )
    expect(told).toEqual(['', 'book'])
  })

  test('that it outlives the customer at Stripe, and a subscription does not', async () => {
    const told = await dueIn(
      {
        async play(stage, shop) {
          await buy(stage, shop, shop.book)
          await stage.api.subscriptions.create({
            customer: shop.ada,
            items: [{ price: shop.basic.id }],
          })
          await stage.advance({ days: 3 })
          await stage.api.customers.del(shop.ada)
          await stage.advance({ days: 3 })
        },
      },
      '2026-02-03T08:59:59Z',
      '2026-02-03T09:00:00Z',
    )
    expect(told).toEqual(['basic, seats 1, book', 'book'])
  })

  test('that a refunded month counts unless the policy says otherwise', async () => {
    const life = (subscriptionRefund: 'keep' | 'revoke'): Life => ({
      policy: { subscriptionRefund },
      async play(stage, { ada, basic }) {
        await stage.api.subscriptions.create({ customer: ada, items: [{ price: basic.id }] })
        await stage.advance({ days: 10 })
        const { data } = await stage.api.charges.list({ customer: ada })
        await stage.api.refunds.create({ charge: data[0]?.id ?? '' })
        await stage.advance({ days: 20 })
      },
    })
    const times = ['2026-02-10T08:59:59Z', '2026-02-10T09:00:00Z', '2026-02-28T10:00:00Z'] as const
    const served = 'basic, seats 1'
    expect(await dueIn(life('keep'), ...times)).toEqual([served, served, served])
    // The month after it is paid, and stands by itself.
    expect(await dueIn(life('revoke'), ...times)).toEqual([served, '', served])
  })
})
