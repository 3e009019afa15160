import { describe, expect, it } from 'vitest'
import { access, adas, DAY, HOUR, JANUARY, line, told } from '../../test/support/told.ts'

const session = told('checkout_session', 'cs_1', {
  mode: 'subscription',
  customer: 'cus_1',
  subscription: 'sub_1',
  invoice: 'in_1',
  metadata: { customer_id: 'ada' },
})
const invoice = told('invoice', 'in_1', {
  lines: [line({ quantity: 4, amount: 8000 })],
  subscriptionMetadata: { customer_id: 'ada' },
})

describe('a subscription only its Checkout or invoice speaks of (R03)', () => {
  it('counts once where both do', () => {
    expect(access('seats', [session, invoice])).toMatchObject({ allowed: true, value: 4 })
    expect(access('seats', [invoice])).toMatchObject({ allowed: true, value: 4 })
  })

  it('is asked for, and granted for 72 hours from the evidence’s own second', () => {
    const decision = adas([session, invoice])
    expect(decision.needs).toMatchObject([{ type: 'subscription', object: 'sub_1' }])
    expect(decision.features['reports']?.until).toBe(JANUARY + 72 * HOUR)
    expect(access('reports', [session, invoice], { at: JANUARY + 72 * HOUR })).toMatchObject({
      allowed: false,
      state: 'pending',
    })
  })

  it('is granted nothing by a completion that is delivered weeks late', () => {
    expect(access('reports', [session, invoice], { at: JANUARY + 29 * DAY }).allowed).toBe(false)
  })

  it('is ruled by the subscription itself once that is held', () => {
    const ended = told('subscription', 'sub_1', { status: 'canceled', endedAt: JANUARY + HOUR })
    expect(access('reports', [session, invoice, ended])).toMatchObject({
      allowed: false,
      state: 'ended',
    })
  })

  it('is not granted by an invoice of $0, which may be a trial’s', () => {
    const free = told('invoice', 'in_1', {
      amountPaid: 0,
      lines: [line({ amount: 0 })],
      subscriptionMetadata: { customer_id: 'ada' },
    })
    expect(
      adas([free, told('manual_grant', 'act_1', { feature: 'calls' })]).features['reports'],
    ).toMatchObject({ allowed: false })
  })

  it('is pending while its delayed payment is under way, and refused when that fails', () => {
    const waiting = told('checkout_session', 'cs_1', {
      ...session.after,
      paymentStatus: 'unpaid',
      lineItems: [{ price: 'price_pro', product: null, lookupKey: null, quantity: 4 }],
    } as never)
    const failed = {
      ...waiting,
      observation: 'evt_failed',
      eventType: 'checkout.session.async_payment_failed',
    }
    expect(access('reports', [waiting])).toMatchObject({ allowed: false, state: 'pending' })
    expect(access('reports', [waiting, failed])).toMatchObject({ allowed: false, state: 'none' })
  })
})
