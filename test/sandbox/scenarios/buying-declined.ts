import { expect } from 'vitest'
import type { Scenario } from './scenario.ts'

const declined: Scenario = {
  rows: [4],
  title: 'Declines leave the session open and no subscription behind',
  async play(stage) {
    const price = await stage.price()
    const session = await stage.checkout({ line_items: [{ price: price.id, quantity: 1 }] })
    stage.mark()
    for (const card of ['pm_card_chargeDeclined', 'pm_card_chargeDeclinedInsufficientFunds']) {
      await expect(stage.sandbox.pay(session, { paymentMethod: card })).rejects.toThrow('declined')
    }
    // One intent, two attempts.
    expect(stage.since('charge.failed', 'payment_intent.payment_failed')).toHaveLength(4)
    expect(stage.since('charge.failed').map(({ object }) => object['failure_code'])).toEqual([
      'card_declined',
      'card_declined',
    ])
    const failed = stage.since('payment_intent.payment_failed').map(({ object }) => object)
    expect(failed).toMatchObject([
      {
        status: 'requires_payment_method',
        last_payment_error: { decline_code: 'generic_decline' },
      },
      {
        status: 'requires_payment_method',
        last_payment_error: { decline_code: 'insufficient_funds' },
      },
    ])
    expect(new Set(failed.map(({ id }) => id)).size).toBe(1)
    stage.only('payment_intent.created')
    expect(stage.types().filter((type) => /^(invoice|customer\.sub|checkout)/u.test(type))).toEqual(
      [],
    )
    expect(await stage.api.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'open',
      payment_status: 'unpaid',
      subscription: null,
      invoice: null,
    })
    await stage.sandbox.pay(session)
    expect(stage.only('payment_intent.succeeded').object['id']).toBe(failed[0]?.['id'])
    expect(stage.only('customer.subscription.created').object['status']).toBe('active')
    stage.only('customer.created')
  },
}

export const BUYING_DECLINED: readonly Scenario[] = [declined]
