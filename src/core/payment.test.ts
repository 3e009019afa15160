import { describe, expect, it } from 'vitest'
import { JANUARY, told } from '../../test/support/told.ts'
import type { AnySnapshot, ChargeState, DisputeState, RefundState } from './fact.ts'
import { buildFacts } from './facts.ts'
import { join } from './joins.ts'
import { reversalOf } from './payment.ts'

const charge = (fields: Partial<ChargeState> = {}, id = 'ch_1') => told('charge', id, fields)
const refund = (fields: Partial<RefundState> = {}, id = 're_1') => told('refund', id, fields)
const dispute = (status: string, fields: Partial<DisputeState> = {}, id = 'dp_1') =>
  told('dispute', id, { status, ...fields })

/** What became of 20.00 paid by `pi_1`. */
function reversal(snapshots: readonly AnySnapshot[], amount: number | null = 2000) {
  const facts = buildFacts(snapshots)
  const payment = { paymentIntents: new Set(['pi_1']), charges: new Set<string>(), amount }
  return reversalOf(facts, join(facts), payment)
}

describe('money that came in', () => {
  it('and stayed has neither refund nor dispute, and rests on nothing', () => {
    expect(reversal([charge()])).toEqual({
      refund: 'none',
      dispute: 'none',
      refunded: 0,
      evidence: [],
      objects: [],
      needs: [],
    })
  })

  it('is what was captured, not what a failed attempt asked for', () => {
    const failed = charge({ status: 'failed', amount: 5000 }, 'ch_0')
    expect(reversal([failed, charge(), refund({ amount: 2000 })])).toMatchObject({ refund: 'full' })
  })

  it('is never less than was paid, where only one of several charges was seen', () => {
    const part = charge({ amount: 500 })
    expect(reversal([part, refund({ amount: 500 })])).toMatchObject({ refund: 'partial' })
    expect(reversal([part, refund({ amount: 500 })], null)).toMatchObject({ refund: 'full' })
  })

  it('is all of its charges together', () => {
    const charges = [charge({ amount: 1500 }), charge({ amount: 1500 }, 'ch_2')]
    expect(reversal([...charges, refund({ amount: 2000 })])).toMatchObject({ refund: 'partial' })
    expect(reversal([...charges, refund({ amount: 3000 })])).toMatchObject({ refund: 'full' })
  })

  it('of an amount nobody knows is gone with any refund', () => {
    expect(reversal([refund({ amount: 1 })], null)).toMatchObject({ refund: 'full', refunded: 1 })
  })
})

describe('refunds', () => {
  it('add up, and each is named once with what showed it', () => {
    const found = reversal([
      charge(),
      refund({ amount: 700 }),
      refund({ amount: 300, charge: null }, 're_2'),
    ])
    expect(found).toMatchObject({ refund: 'partial', refunded: 1000, objects: ['re_1', 're_2'] })
    expect(found.evidence).toEqual([
      `evt_refund_re_1_${String(JANUARY)}`,
      `evt_refund_re_2_${String(JANUARY)}`,
    ])
  })

  it.each(['failed', 'canceled'])('that %s give nothing back', (status) => {
    expect(reversal([charge(), refund({ status })])).toMatchObject({ refund: 'none', refunded: 0 })
  })

  it.each(['pending', 'requires_action', 'succeeded'])('that are %s count', (status) => {
    expect(reversal([charge(), refund({ status })])).toMatchObject({ refund: 'full' })
  })

  it('that only the charge shows count as much as it shows, and are asked for', () => {
    const found = reversal([charge({ amountRefunded: 800 }), refund({ amount: 300 })])
    expect(found).toMatchObject({ refund: 'partial', refunded: 800, objects: ['ch_1', 're_1'] })
    expect(found.needs).toMatchObject([{ type: 'charge', object: 'ch_1' }])
  })

  it('that explain what the charge shows leave nothing to ask', () => {
    const explained = [charge({ amountRefunded: 800 }), refund({ amount: 800 })]
    expect(reversal(explained)).toMatchObject({ refunded: 800, needs: [] })
    // A failed refund may still be shown by the charge.
    const failed = [charge({ amountRefunded: 800 }), refund({ amount: 800, status: 'failed' })]
    expect(reversal(failed)).toMatchObject({ refund: 'none', refunded: 0, needs: [] })
  })
})

describe('disputes', () => {
  it.each([
    ['warning_needs_response', 'inquiry'],
    ['warning_under_review', 'inquiry'],
    ['warning_closed', 'inquiry'],
    ['needs_response', 'open'],
    ['under_review', 'open'],
    ['appeal_needs_response', 'open'],
    ['appeal_under_review', 'open'],
    ['lost', 'lost'],
    ['won', 'won'],
  ])('that are %s read as %s', (status, kind) => {
    const found = reversal([charge(), dispute(status)])
    expect(found).toMatchObject({ dispute: kind, refund: 'none', objects: ['dp_1'] })
    expect(found.evidence).toEqual([`evt_dispute_dp_1_${String(JANUARY)}`])
  })

  it.each([
    ['won', 'lost', 'lost'],
    ['won', 'needs_response', 'open'],
    ['warning_closed', 'won', 'won'],
    ['needs_response', 'lost', 'lost'],
    ['warning_closed', 'needs_response', 'open'],
  ])('of one payment, %s and %s, are the worse of the two', (one, other, worst) => {
    const first = dispute(one)
    const second = dispute(other, {}, 'dp_2')
    expect(reversal([charge(), first, second]).dispute).toBe(worst)
    expect(reversal([charge(), dispute(other), dispute(one, {}, 'dp_2')]).dispute).toBe(worst)
  })

  it.each(['prevented', 'charge_refunded'])(
    'that were %s are refunds of their amount',
    (status) => {
      const part = dispute(status, { amount: 500 })
      expect(reversal([charge(), part])).toMatchObject({
        dispute: 'none',
        refund: 'partial',
        refunded: 500,
      })
      const others = [dispute(status, { amount: 1500 }), dispute(status, { amount: 500 }, 'dp_2')]
      expect(reversal([charge(), ...others])).toMatchObject({ refund: 'full' })
    },
  )

  it('that were prevented by a refund are that refund, counted once', () => {
    const found = reversal([
      charge(),
      dispute('prevented', { amount: 1000 }),
      refund({ amount: 1000 }),
    ])
    expect(found).toMatchObject({ refund: 'partial', refunded: 1000 })
  })

  it('of another payment are nothing to this one', () => {
    const other = { charge: 'ch_9', paymentIntent: 'pi_9' }
    expect(reversal([charge(), dispute('lost', other), refund(other)])).toMatchObject({
      dispute: 'none',
      refund: 'none',
    })
  })
})
