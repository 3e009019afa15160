import { describe, expect, test } from 'vitest'
import { dueIn, type Life } from './on-the-books.ts'

describe('the oracle tells whose a purchase is', () => {
  test('by the one name known for the customer at Stripe, while there is but one', async () => {
    const told = await dueIn(
      {
        async play(stage, { basic, book }) {
          const { id: customer } = await stage.customer()
          const subscription = await stage.checkout({
            customer,
            line_items: [{ price: basic.id, quantity: 1 }],
            client_reference_id: 'ada',
          })
          await stage.sandbox.pay(subscription)
          await stage.advance({ days: 1 })
          const once = await stage.checkout({
            mode: 'payment',
            customer,
            line_items: [{ price: book.id, quantity: 1 }],
          })
          await stage.sandbox.pay(once)
          await stage.advance({ days: 1 })
          await stage.api.subscriptions.create({
            customer,
            items: [{ price: basic.id }],
            metadata: { customer_id: 'bob' },
          })
          await stage.advance({ days: 1 })
        },
      },
      '2026-01-31T10:00:00Z',
      '2026-02-01T10:00:00Z', // nobody named: who else should it be
      '2026-02-02T10:00:00Z', // two names: it stays with the customer at Stripe
    )
    expect(told).toEqual(['basic, seats 1', 'basic, seats 1, book', 'basic, seats 1'])
  })

  test('by metadata before the reference that a buyer may choose', async () => {
    const told = await dueIn(
      {
        async play(stage, { book }) {
          const session = await stage.checkout({
            mode: 'payment',
            line_items: [{ price: book.id, quantity: 1 }],
            client_reference_id: 'mallory',
            metadata: { customer_id: 'ada' },
          })
          await stage.sandbox.pay(session)
        },
      },
      '2026-01-31T09:00:00Z',
    )
    expect(told).toEqual(['book'])
  })

  test('by the reference unless the policy trusts none', async () => {
    const life = (trustClientReferenceId: 'always' | 'never'): Life => ({
      policy: { trustClientReferenceId },
      async play(stage, { book }) {
        const session = await stage.checkout({
          mode: 'payment',
          line_items: [{ price: book.id, quantity: 1 }],
          client_reference_id: 'ada',
        })
        await stage.sandbox.pay(session)
      },
    })
    expect(await dueIn(life('always'), '2026-01-31T09:00:00Z')).toEqual(['book'])
    expect(await dueIn(life('never'), '2026-01-31T09:00:00Z')).toEqual([''])
  })
})
