import { describe, expect, it } from 'vitest'
import { line, told } from '../../test/support/told.ts'
import type { AnySnapshot } from './fact.ts'
import { buildFacts } from './facts.ts'
import { join, type Joins } from './joins.ts'

/** The joins that are not empty, as plain lists. */
function joined(...snapshots: AnySnapshot[]): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const [name, map] of Object.entries(join(buildFacts(snapshots)) as unknown as Joins)) {
    const entries = [...(map as Map<string, Set<string> | string>)]
    if (entries.length === 0) continue
    found[name] = Object.fromEntries(
      entries.map(([from, to]) => [from, typeof to === 'string' ? to : [...to]]),
    )
  }
  return found
}

describe('the joins of money', () => {
  it('are named by an invoice of before basil', () => {
    const invoice = told('invoice', 'in_1', { paymentIntents: ['pi_1'], charges: ['ch_1'] })
    expect(joined(invoice)).toEqual({
      paymentIntentsOfInvoice: { in_1: ['pi_1'] },
      invoiceOfPaymentIntent: { pi_1: 'in_1' },
      chargesOfInvoice: { in_1: ['ch_1'] },
      invoicesOfSubscription: { sub_1: ['in_1'] },
    })
  })

  it('are named by an InvoicePayment since then', () => {
    expect(joined(told('invoice_payment', 'inpay_1', { charge: 'ch_1' }))).toEqual({
      paymentIntentsOfInvoice: { in_1: ['pi_1'] },
      invoiceOfPaymentIntent: { pi_1: 'in_1' },
      chargesOfInvoice: { in_1: ['ch_1'] },
    })
    expect(joined(told('invoice_payment', 'inpay_1', { invoice: null }))).toEqual({})
    expect(joined(told('invoice_payment', 'inpay_1', { paymentIntent: null }))).toEqual({})
  })

  it('are named by a payment, and by a charge', () => {
    const payment = told('payment_intent', 'pi_1', { invoice: 'in_1', latestCharge: 'ch_1' })
    expect(joined(payment)).toEqual({
      paymentIntentsOfInvoice: { in_1: ['pi_1'] },
      invoiceOfPaymentIntent: { pi_1: 'in_1' },
      chargesOfPaymentIntent: { pi_1: ['ch_1'] },
    })
    expect(joined(told('payment_intent', 'pi_1'))).toEqual({})
    expect(joined(told('charge', 'ch_1', { invoice: 'in_1' }))).toEqual({
      chargesOfPaymentIntent: { pi_1: ['ch_1'] },
      chargesOfInvoice: { in_1: ['ch_1'] },
    })
  })

  it('lead from what was paid to refunds and disputes, by either name', () => {
    expect(joined(told('refund', 're_1'), told('dispute', 'dp_1'))).toEqual({
      refundsOfPayment: { ch_1: ['re_1'], pi_1: ['re_1'] },
      disputesOfPayment: { ch_1: ['dp_1'], pi_1: ['dp_1'] },
    })
    expect(joined(told('refund', 're_1', { charge: null }))).toEqual({
      refundsOfPayment: { pi_1: ['re_1'] },
    })
  })

  it('gather all that one names', () => {
    const refunds = [
      told('refund', 're_1', { charge: null }),
      told('refund', 're_2', { charge: null }),
    ]
    expect(joined(...refunds)).toEqual({ refundsOfPayment: { pi_1: ['re_1', 're_2'] } })
  })
})

describe('the joins of a subscription', () => {
  it('are its invoices, also one of several subscriptions whose line names it', () => {
    const lines = [line({ subscription: 'sub_2' }), line({ subscription: null })]
    expect(joined(told('invoice', 'in_1', { lines }))).toEqual({
      invoicesOfSubscription: { sub_1: ['in_1'], sub_2: ['in_1'] },
    })
  })

  it('are its Checkout Sessions, which name their invoice and payment too', () => {
    const session = { subscription: 'sub_1', invoice: 'in_1', paymentIntent: 'pi_1' }
    expect(joined(told('checkout_session', 'cs_1', session))).toEqual({
      sessionsOfSubscription: { sub_1: ['cs_1'] },
      sessionOfInvoice: { in_1: 'cs_1' },
      sessionOfPaymentIntent: { pi_1: 'cs_1' },
    })
    expect(joined(told('checkout_session', 'cs_1'))).toEqual({})
  })
})
