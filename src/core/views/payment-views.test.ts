import { describe, expect, it } from 'vitest'
import { HOUR, JANUARY, told } from '../../../test/support/told.ts'
import type { FactStates, FactType, Snapshot } from '../fact.ts'
import {
  viewCharge,
  viewDispute,
  viewInvoicePayment,
  viewPaymentIntent,
  viewRefund,
} from './payment-views.ts'

/** States one after the other, an hour apart. */
function history<T extends FactType>(type: T, ...states: Partial<FactStates[T]>[]): Snapshot<T>[] {
  return states.map(
    (fields, index) =>
      told(type, 'x_1', fields, {
        at: JANUARY + index * HOUR,
        observation: `evt_${String(index)}`,
      }) as Snapshot<T>,
  )
}

describe('a payment', () => {
  const view = (...states: Partial<FactStates['payment_intent']>[]) =>
    viewPaymentIntent('pi_1', history('payment_intent', ...states))

  it('that succeeded stays so, and knows since when', () => {
    const found = view({ status: 'processing' }, { status: 'succeeded' }, { status: 'canceled' })
    expect(found).toMatchObject({ state: { status: 'succeeded' }, succeededAt: JANUARY + HOUR })
  })

  it('that was canceled stays so, whatever else is told late', () => {
    const found = view({ status: 'canceled' }, { status: 'requires_payment_method' })
    expect(found).toMatchObject({ state: { status: 'canceled' }, succeededAt: null })
  })

  it.each([
    'requires_payment_method',
    'requires_source',
    'requires_confirmation',
    'requires_action',
    'requires_source_action',
    'processing',
    'requires_capture',
  ])('may become %s and leave it again', (status) => {
    expect(view({ status: 'processing' }, { status })?.state.status).toBe(status)
    expect(view({ status }, { status: 'processing' })?.state.status).toBe('processing')
  })

  it('keeps the customer, invoice and charge that any payload named', () => {
    const found = view(
      { status: 'processing', customer: 'cus_1', invoice: 'in_1', latestCharge: 'ch_1' },
      { status: 'succeeded' },
    )
    expect(found?.state).toMatchObject({
      customer: 'cus_1',
      invoice: 'in_1',
      latestCharge: 'ch_1',
    })
  })

  it('names a status no rule knows, and is nothing where it has no other', () => {
    expect(view({ status: 'novel' })).toBeNull()
    expect(view({ status: 'processing' }, { status: 'novel' })).toMatchObject({
      state: { status: 'processing' },
      unknownStatus: 'novel',
    })
  })

  it('is in doubt between two answers of one second, unless it succeeded', () => {
    const both = (status: string) =>
      viewPaymentIntent(
        'pi_1',
        [1, 2].map(
          (amount) =>
            told(
              'payment_intent',
              'pi_1',
              { status, amount },
              { observation: `read_${String(amount)}`, origin: 'read' },
            ) as Snapshot<'payment_intent'>,
        ),
      )?.isAmbiguous
    expect(both('processing')).toBe(true)
    expect(both('succeeded')).toBe(false)
  })
})

describe('a charge', () => {
  const view = (...states: Partial<FactStates['charge']>[]) =>
    viewCharge('ch_1', history('charge', ...states))

  it('is pending only until anything else is known', () => {
    expect(view({ status: 'failed' }, { status: 'pending' })?.state.status).toBe('failed')
    expect(view({ status: 'succeeded' }, { status: 'pending' })?.state.status).toBe('succeeded')
  })

  it('once captured or disputed stays so, and keeps what it belongs to', () => {
    const found = view(
      { isCaptured: true, isDisputed: true, invoice: 'in_1', paymentIntent: 'pi_1' },
      { isCaptured: false, isDisputed: false, invoice: null, paymentIntent: null },
    )
    expect(found?.state).toMatchObject({
      isCaptured: true,
      isDisputed: true,
      invoice: 'in_1',
      paymentIntent: 'pi_1',
    })
    const plain = view({ isCaptured: false, isDisputed: false, paymentIntent: null })
    expect(plain?.state).toMatchObject({ isCaptured: false, isDisputed: false })
    expect(plain?.state).toMatchObject({ invoice: null, paymentIntent: null })
  })

  it('shows as much refunded as the latest payload says: a refund may fail again', () => {
    expect(view({ amountRefunded: 2000 }, { amountRefunded: 0 })?.state.amountRefunded).toBe(0)
  })

  it('came in when it was first seen to have succeeded and be captured', () => {
    expect(
      view({ status: 'pending' }, { isCaptured: false }, { isCaptured: true }, {})?.succeededAt,
    ).toBe(JANUARY + 2 * HOUR)
    expect(view({ isCaptured: false })?.succeededAt).toBeNull()
    expect(view({ status: 'failed' })?.succeededAt).toBeNull()
  })

  it('of a status no rule knows is nothing, beside a known one named', () => {
    expect(view({ status: 'novel' })).toBeNull()
    expect(view({ status: 'paid' }, { status: 'novel' })).toMatchObject({
      state: { status: 'paid' },
      unknownStatus: 'novel',
    })
  })
})

describe('a refund', () => {
  const view = (...states: Partial<FactStates['refund']>[]) =>
    viewRefund('re_1', history('refund', ...states))

  it.each([
    ['succeeded', 'pending'],
    ['succeeded', 'requires_action'],
    ['failed', 'succeeded'],
    ['canceled', 'succeeded'],
    ['failed', 'pending'],
  ])('%s holds, whichever of it and %s is told last', (status, other) => {
    expect(view({ status }, { status: other })?.state.status).toBe(status)
    expect(view({ status: other }, { status })?.state.status).toBe(status)
  })

  it('of a status no rule knows is left aside and named, and never in doubt', () => {
    expect(view({ status: 'novel' })).toBeNull()
    expect(view({ status: 'pending' }, { status: 'novel' })).toMatchObject({
      unknownStatus: 'novel',
      isAmbiguous: false,
    })
  })
})

describe('a dispute', () => {
  const ORDER = [
    'warning_needs_response',
    'warning_under_review',
    'warning_closed',
    'needs_response',
    'under_review',
    'charge_refunded',
    'lost',
    'appeal_needs_response',
    'appeal_under_review',
    'won',
  ]
  const view = (...states: string[]) =>
    viewDispute('dp_1', history('dispute', ...states.map((status) => ({ status }))))

  it.each(ORDER.slice(1).map((status, index) => [status, ORDER[index] ?? '']))(
    'that is %s was %s before, whichever is told last',
    (later, earlier) => {
      expect(view(later, earlier)?.state.status).toBe(later)
      expect(view(earlier, later)?.state.status).toBe(later)
    },
  )

  it('that was prevented was not under review after that', () => {
    expect(view('prevented', 'under_review')?.state.status).toBe('prevented')
  })

  it('rests on what showed its state, never in doubt', () => {
    expect(view('needs_response', 'lost', 'lost')).toMatchObject({
      evidence: ['evt_1', 'evt_2'],
      isAmbiguous: false,
      unknownStatus: null,
    })
    expect(view('needs_response', 'novel')?.unknownStatus).toBe('novel')
    expect(view('novel')).toBeNull()
  })
})

describe('the join of an invoice and its payment', () => {
  it.each([
    ['paid', 'open'],
    ['paid', 'canceled'],
    ['canceled', 'open'],
  ])('that is %s stays so against %s', (status, other) => {
    const found = viewInvoicePayment(
      'inpay_1',
      history('invoice_payment', { status }, { status: other }),
    )
    expect(found?.state.status).toBe(status)
  })
})
