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

  it('is granted by Checkout’s word while its bill is open, and not once that is no money', () => {
    const bill = (status: string) => told('invoice', 'in_1', { ...invoice.after, status } as never)
    for (const status of ['open', 'draft', 'paid']) {
      expect(access('reports', [session, bill(status)]).allowed, status).toBe(true)
    }
    for (const status of ['void', 'uncollectible']) {
      expect(access('reports', [session, bill(status)]).allowed, status).toBe(false)
    }
  })

  it('is not granted where its money was disputed or refunded', () => {
    const joined = told('invoice_payment', 'inpay_1')
    const dispute = told('dispute', 'dp_1')
    expect(access('reports', [session, invoice, joined, dispute]).allowed).toBe(false)
    expect(access('reports', [invoice, joined, dispute]).allowed).toBe(false)
    expect(access('reports', [session, invoice, joined]).allowed).toBe(true)
  })

  it('ends by the test clock of its customer, not by ours', () => {
    const customer = told('customer', 'cus_1', { testClock: 'clock_1' })
    const clock = (frozenTime: number) => told('test_clock', 'clock_1', { frozenTime })
    for (const heard of [[session], [invoice]]) {
      const named = told('invoice', 'in_1', {
        ...invoice.after,
        customer: 'cus_1',
        lines: [line({ quantity: 4, amount: 8000 })],
      } as never)
      const snapshots = [customer, named, ...heard]
      const late = { at: JANUARY + 40 * DAY }
      expect(access('reports', [...snapshots, clock(JANUARY + HOUR)], late).allowed).toBe(true)
      expect(access('reports', [...snapshots, clock(JANUARY + 73 * HOUR)]).allowed).toBe(false)
    }
  })

  it('is asked for no more once Stripe does not know it', () => {
    const missing = told('subscription', 'sub_1', null)
    expect(adas([session, invoice, missing]).needs).toEqual([])
    expect(adas([session, missing]).needs).toEqual([])
  })

  it('is named by its id, and by its product where it sold several', () => {
    const sources = (...prices: string[]) =>
      adas([
        told('checkout_session', 'cs_1', {
          ...session.after,
          invoice: null,
          lineItems: prices.map((price) => ({
            price,
            product: null,
            lookupKey: null,
            quantity: 2,
          })),
        } as never),
      ]).grants.map(({ source, feature, value }) => `${source} ${feature} ${String(value)}`)
    expect(sources('price_pro')).toEqual(['sub_1 reports true', 'sub_1 seats 2'])
    expect(sources('price_pro', 'price_calls')).toEqual([
      'sub_1/calls calls 500',
      'sub_1/pro reports true',
      'sub_1/pro seats 2',
    ])
  })

  it('is what the session’s metadata names, whatever its lines say', () => {
    const named = told('checkout_session', 'cs_1', {
      ...session.after,
      metadata: { customer_id: 'ada', proviso_product: 'calls' },
    } as never)
    expect(adas([named, invoice]).features).toMatchObject({
      calls: { allowed: true, value: 500 },
      reports: { allowed: false },
    })
  })

  it('is granted by the latest of its paid bills, and no longer than that bill’s period', () => {
    const short = told('invoice', 'in_2', {
      ...invoice.after,
      created: JANUARY + HOUR,
      lines: [line({ quantity: 7, periodEnd: JANUARY + 30 * HOUR })],
    } as never)
    expect(access('seats', [invoice, short])).toMatchObject({
      value: 7,
      until: JANUARY + 30 * HOUR,
      reasons: [{ code: 'invoice_paid', objects: ['in_2', 'sub_1'] }],
    })
    expect(access('seats', [short, invoice]).value).toBe(7)
  })

  it('is nothing without a sale: Checkout is open, or is none of a subscription', () => {
    const of = (fields: object) =>
      adas([
        told('checkout_session', 'cs_1', { ...session.after, ...fields } as never),
        told('manual_grant', 'act_1'),
      ]).grants.filter(({ kind }) => kind === 'subscription')
    expect(of({ status: 'open' })).toEqual([])
    expect(of({ mode: 'setup' })).toEqual([])
  })
})
