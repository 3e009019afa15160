import { describe, expect, it } from 'vitest'
import { HOUR, JANUARY, line, told } from '../../../test/support/told.ts'
import type { InvoiceState, Snapshot } from '../fact.ts'
import { viewInvoice } from './invoice-view.ts'

let count = 0
const seen = (
  fields: Partial<InvoiceState>,
  at = JANUARY,
  more: Partial<Snapshot<'invoice'>> = {},
) => {
  count += 1
  const observation = `evt_${String(count).padStart(4, '0')}`
  return told('invoice', 'in_1', fields, { at, observation, ...more }) as Snapshot<'invoice'>
}
const view = (...snapshots: Snapshot<'invoice'>[]) => viewInvoice('in_1', snapshots)

describe('the status of an invoice only moves on, whatever came last', () => {
  it.each([
    ['open', 'draft'],
    ['uncollectible', 'open'],
    ['void', 'uncollectible'],
    ['paid', 'uncollectible'],
    ['paid', 'void'],
  ])('%s holds against a later %s', (status, later) => {
    expect(view(seen({ status }), seen({ status: later }, JANUARY + HOUR))?.state.status).toBe(
      status,
    )
  })

  it('a status no rule knows is left aside and named', () => {
    const found = view(seen({ status: 'open' }), seen({ status: 'novel' }, JANUARY + HOUR))
    expect(found).toMatchObject({ state: { status: 'open' }, unknownStatus: 'novel' })
  })

  it('nothing is believed of one that has only shown such a status', () => {
    expect(view(seen({ status: 'novel' }))).toBeNull()
    expect(view()).toBeNull()
  })
})

describe('an invoice', () => {
  it('is settled when it was first seen paid, void or written off, and opened when first past draft', () => {
    const found = view(
      seen({ status: 'draft' }, JANUARY),
      seen({ status: 'open' }, JANUARY + HOUR),
      seen({ status: 'uncollectible' }, JANUARY + 2 * HOUR),
      seen({ status: 'paid' }, JANUARY + 3 * HOUR),
    )
    expect(found).toMatchObject({ settledAt: JANUARY + 2 * HOUR, openedAt: JANUARY + HOUR })
    expect(view(seen({ status: 'draft' }))).toMatchObject({ settledAt: null, openedAt: null })
    expect(view(seen({ status: 'open' }))).toMatchObject({ settledAt: null, openedAt: JANUARY })
  })

  it('remembers its latest failed attempt, by its number and second', () => {
    const failed = (attemptCount: number, at: number) =>
      seen({ status: 'open', attemptCount }, at, { eventType: 'invoice.payment_failed' })
    const found = view(
      failed(2, JANUARY + 2 * HOUR),
      failed(1, JANUARY + HOUR),
      seen({ status: 'open', attemptCount: 3 }, JANUARY + 3 * HOUR),
    )
    expect(found).toMatchObject({
      failedAt: JANUARY + 2 * HOUR,
      failedAttempt: 2,
      state: { attemptCount: 3 },
    })
    expect(view(seen({ status: 'open' }))).toMatchObject({ failedAt: null, failedAttempt: null })
  })

  it('was attempted if it ever was', () => {
    const found = view(
      seen({ status: 'open', attempted: true }),
      seen({ status: 'open', attempted: false }, JANUARY + HOUR),
    )
    expect(found?.state.attempted).toBe(true)
    expect(view(seen({ status: 'open', attempted: false }))?.state.attempted).toBe(false)
  })

  it('was finalised and paid at the earliest second that any payload names', () => {
    const found = view(
      seen({ finalizedAt: JANUARY + 9, paidAt: null }),
      seen({ finalizedAt: JANUARY + 5, paidAt: JANUARY + 7 }, JANUARY + HOUR),
    )
    expect(found?.state).toMatchObject({ finalizedAt: JANUARY + 5, paidAt: JANUARY + 7 })
    expect(view(seen({ finalizedAt: null }))?.state.finalizedAt).toBeNull()
  })

  it('has the payments and charges that any payload names', () => {
    const found = view(
      seen({ paymentIntents: ['pi_2'], charges: ['ch_1'] }),
      seen({ paymentIntents: ['pi_1'], charges: [] }, JANUARY + HOUR),
    )
    expect(found?.state).toMatchObject({ paymentIntents: ['pi_1', 'pi_2'], charges: ['ch_1'] })
  })

  it('rests on what showed it settled, and knows when it was last read', () => {
    const found = view(
      seen({ status: 'open' }, JANUARY, { observation: 'evt_open' }),
      seen({ status: 'paid' }, JANUARY + 1, { observation: 'evt_paid' }),
      seen({ status: 'paid' }, JANUARY + HOUR, { observation: 'read_1', origin: 'read' }),
    )
    expect(found).toMatchObject({ evidence: ['evt_paid', 'read_1'], readAt: JANUARY + HOUR })
  })
})

describe('the lines of an invoice', () => {
  const lines = (howMany: number) =>
    Array.from({ length: howMany }, (_, index) => line({ id: `il_${String(index)}` }))

  it('are the fullest that a finalised payload shows, also an earlier one', () => {
    const found = view(
      seen({ lines: lines(3) }),
      seen({ lines: lines(1), hasMoreLines: true }, JANUARY + HOUR),
    )
    expect(found?.state.lines).toHaveLength(3)
    expect(found?.state.hasMoreLines).toBe(false)
  })

  it('are complete where one payload says so, with as many lines', () => {
    const found = view(
      seen({ lines: lines(2), hasMoreLines: false }),
      seen({ lines: lines(2), hasMoreLines: true }, JANUARY + HOUR),
    )
    expect(found?.state.hasMoreLines).toBe(false)
  })

  it('of a draft may still change: the latest count', () => {
    const found = view(
      seen({ status: 'draft', lines: lines(3) }),
      seen({ status: 'draft', lines: lines(1) }, JANUARY + HOUR),
    )
    expect(found?.state.lines).toHaveLength(1)
  })
})

describe('two states of one invoice in one second', () => {
  const both = (status: string) =>
    view(
      seen({ status, dueDate: JANUARY + 1 }, JANUARY, { origin: 'read' }),
      seen({ status, dueDate: JANUARY + 2 }, JANUARY, { origin: 'read' }),
    )

  it('are in doubt while it is open, and not once it is settled', () => {
    expect(both('open')?.isAmbiguous).toBe(true)
    expect(both('paid')?.isAmbiguous).toBe(false)
    expect(both('void')?.isAmbiguous).toBe(false)
  })
})
