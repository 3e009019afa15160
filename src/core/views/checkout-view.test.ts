import { describe, expect, it } from 'vitest'
import { DAY, HOUR, JANUARY, told } from '../../../test/support/told.ts'
import type { CheckoutSessionState, Snapshot } from '../fact.ts'
import { viewCheckout } from './checkout-view.ts'

const seen = (
  fields: Partial<CheckoutSessionState>,
  at = JANUARY,
  more: Partial<Snapshot<'checkout_session'>> = {},
) =>
  told('checkout_session', 'cs_1', fields, {
    at,
    observation: `evt_${String(at)}`,
    eventType: 'checkout.session.completed',
    ...more,
  }) as Snapshot<'checkout_session'>
const view = (...snapshots: Snapshot<'checkout_session'>[]) => viewCheckout('cs_1', snapshots)
const FAILED = { eventType: 'checkout.session.async_payment_failed' }
const ARRIVED = { eventType: 'checkout.session.async_payment_succeeded' }

describe('a Checkout Session', () => {
  it('that is complete or expired is open no more', () => {
    const open = seen({ status: 'open', paymentStatus: 'unpaid' }, JANUARY + HOUR)
    expect(view(seen({ status: 'complete' }), open)?.state.status).toBe('complete')
    expect(view(seen({ status: 'expired' }), open)?.state.status).toBe('expired')
  })

  it.each([
    ['paid', 'no_payment_required'],
    ['paid', 'unpaid'],
    ['no_payment_required', 'unpaid'],
  ])('that is %s stays so against a later %s', (paymentStatus, later) => {
    const found = view(seen({ paymentStatus }), seen({ paymentStatus: later }, JANUARY + HOUR))
    expect(found?.state.paymentStatus).toBe(paymentStatus)
    expect(found?.paidAt).toBe(JANUARY)
  })

  it('was completed when it was first seen complete, and within its day of life', () => {
    expect(view(seen({}, JANUARY + HOUR), seen({}, JANUARY + 2 * HOUR))?.completedAt).toBe(
      JANUARY + HOUR,
    )
    // Read weeks later: it cannot have been open that long.
    expect(view(seen({}, JANUARY + 30 * DAY))?.completedAt).toBe(JANUARY + DAY)
    expect(view(seen({ created: null }, JANUARY + 30 * DAY))?.completedAt).toBe(JANUARY + 30 * DAY)
    expect(view(seen({ status: 'open' }))?.completedAt).toBeNull()
  })

  it('was paid when Stripe first said paid, nothing to pay, or that the delayed payment came', () => {
    const unpaid = { paymentStatus: 'unpaid' }
    expect(view(seen(unpaid))).toMatchObject({ paidAt: null, paidEvidence: [] })
    expect(view(seen(unpaid), seen(unpaid, JANUARY + DAY, ARRIVED))).toMatchObject({
      paidAt: JANUARY + DAY,
      paidEvidence: [`evt_${String(JANUARY + DAY)}`],
    })
    expect(view(seen({ paymentStatus: 'no_payment_required' }))?.paidAt).toBe(JANUARY)
  })

  it('failed when its delayed payment was last said to have failed: the type alone tells', () => {
    const unpaid = { paymentStatus: 'unpaid' }
    const found = view(
      seen(unpaid),
      seen(unpaid, JANUARY + DAY, FAILED),
      seen(unpaid, JANUARY + 2 * DAY, FAILED),
    )
    expect(found).toMatchObject({
      failedAt: JANUARY + 2 * DAY,
      failedEvidence: [`evt_${String(JANUARY + DAY)}`, `evt_${String(JANUARY + 2 * DAY)}`],
    })
    expect(view(seen(unpaid))).toMatchObject({ failedAt: null, failedEvidence: [] })
  })

  it('keeps whatever any payload named of what hangs on it', () => {
    const named = {
      subscription: 'sub_1',
      invoice: 'in_1',
      paymentIntent: 'pi_1',
      setupIntent: 'seti_1',
      customer: 'cus_1',
    }
    expect(view(seen({ status: 'open', ...named }), seen({}, JANUARY + HOUR))?.state).toMatchObject(
      named,
    )
  })

  it('has the longest list of line items that was read', () => {
    const lineOf = (price: string) => ({ price, product: null, lookupKey: null, quantity: 1 })
    const found = view(
      seen({ lineItems: [lineOf('a')] }),
      seen({ lineItems: [lineOf('a'), lineOf('b')] }, JANUARY + 1),
      seen({ lineItems: null }, JANUARY + HOUR),
    )
    expect(found?.state.lineItems).toHaveLength(2)
    expect(view(seen({ lineItems: null }))?.state.lineItems).toBeNull()
    expect(
      view(seen({ lineItems: null }), seen({ lineItems: [] }, JANUARY + 1))?.state.lineItems,
    ).toEqual([])
  })

  it('of a status no rule knows is nothing yet, beside a known one named', () => {
    expect(view(seen({ status: 'novel' }))).toBeNull()
    expect(view(seen({}), seen({ status: 'novel' }, JANUARY + 1))).toMatchObject({
      state: { status: 'complete' },
      unknownStatus: 'novel',
      isAmbiguous: false,
    })
  })
})

describe('a session of a version before sessions had a status', () => {
  const old = { status: null, paymentStatus: null }

  it('is complete and paid where its completion was told', () => {
    expect(view(seen(old))).toMatchObject({
      completedAt: JANUARY,
      paidAt: JANUARY,
      state: { status: 'complete', paymentStatus: 'paid' },
    })
  })

  it('is expired where that was told', () => {
    expect(view(seen(old, JANUARY, { eventType: 'checkout.session.expired' }))).toMatchObject({
      state: { status: 'expired' },
      completedAt: null,
    })
  })

  it('of setup is complete and paid nothing', () => {
    expect(view(seen({ ...old, mode: 'setup' }))).toMatchObject({
      completedAt: JANUARY,
      paidAt: null,
      state: { paymentStatus: null },
    })
  })

  it('is no more than open where only another object’s event speaks of it', () => {
    expect(view(seen(old, JANUARY, { eventType: 'payment_intent.succeeded' }))).toMatchObject({
      state: { status: 'open' },
      completedAt: null,
    })
  })

  it('keeps the payment status it has', () => {
    expect(view(seen({ status: null, paymentStatus: 'unpaid' }))).toMatchObject({
      state: { status: 'complete', paymentStatus: 'unpaid' },
      paidAt: null,
    })
  })
})
