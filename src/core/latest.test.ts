import { describe, expect, it } from 'vitest'
import { JANUARY, told } from '../../test/support/told.ts'
import type { Snapshot, SubscriptionState } from './fact.ts'
import { latest } from './latest.ts'

const change = (
  observation: string,
  after: Partial<SubscriptionState>,
  more: Partial<Snapshot<'subscription'>> = {},
) => told('subscription', 'sub_1', after, { observation, ...more }) as Snapshot<'subscription'>

const stateOf = (fields: Partial<SubscriptionState>) =>
  told('subscription', 'sub_1', fields).after as SubscriptionState

describe('the evidence of the latest state', () => {
  it('is every observation of its minute that shows it, in the order of text, each once', () => {
    const found = latest([
      change('evt_c', { status: 'past_due' }, { at: JANUARY + 1 }),
      change('evt_b', { status: 'active' }, { at: JANUARY }),
      change('evt_a', { status: 'past_due' }, { at: JANUARY + 1 }),
    ])

    expect(found?.evidence).toEqual(['evt_a', 'evt_c'])
  })

  it('leaves out what showed the same a month ago', () => {
    const found = latest([
      change('evt_old', { status: 'active' }, { at: JANUARY - 86_400 }),
      change('evt_new', { status: 'active' }, { at: JANUARY }),
    ])

    expect(found?.evidence).toEqual(['evt_new'])
  })
})

describe('one change told by two Event objects', () => {
  const active = stateOf({ status: 'active' })
  const failing = stateOf({ status: 'past_due' })
  const known = change('evt_0', { status: 'active' }, { at: JANUARY - 86_400 })
  /** To past_due and back within a minute, then to past_due again `gap` seconds after the first time. */
  const again = (request: string | null, gap: number) =>
    latest([
      known,
      change('evt_1', failing, { before: active, request }),
      change('evt_2', active, { at: JANUARY + 1, before: failing, request: 'req_other' }),
      change('evt_3', failing, { at: JANUARY + gap, before: active, request }),
    ])

  it('is one within the minute where it names one request', () => {
    // Told once: the loop ends where it began.
    expect(again('req_1', 60)?.snapshot.after?.status).toBe('active')
    expect(again('req_1', 30)?.isAmbiguous).toBe(false)
  })

  it('is two where it comes later than that', () => {
    expect(latest([change('evt_1', failing, { before: active, request: 'req_1' })])).toMatchObject({
      isAmbiguous: false,
    })
    expect(again('req_1', 61)?.snapshot.after?.status).toBe('past_due')
  })

  it('without a request may be two after as little as two seconds, and is in doubt within them', () => {
    expect(again(null, 2)?.isAmbiguous).toBe(true)
    expect(again(null, 3)).toMatchObject({ isAmbiguous: false, snapshot: { after: failing } })
  })

  it('is two where the requests differ', () => {
    const found = latest([
      known,
      change('evt_1', failing, { before: active, request: 'req_1' }),
      change('evt_2', active, { at: JANUARY + 1, before: failing, request: 'req_2' }),
      change('evt_3', failing, { at: JANUARY + 1, before: active, request: 'req_3' }),
    ])

    expect(found).toMatchObject({ isAmbiguous: false, snapshot: { after: failing } })
  })
})

describe('one event in two shapes', () => {
  it('counts once: the shape that a backfill gives adds no change', () => {
    const old = stateOf({ status: 'active', latestInvoice: null })
    const found = latest([
      change('evt_1', { status: 'past_due' }, { before: stateOf({ status: 'active' }) }),
      change('evt_1', { status: 'past_due', latestInvoice: null }, { before: old }),
    ])

    expect(found?.evidence).toEqual(['evt_1'])
    expect(found?.isAmbiguous).toBe(false)
  })
})

describe('an object of which nothing shows a state', () => {
  it('has no latest one', () => {
    expect(latest([])).toBeNull()
    expect(latest([told('subscription', 'sub_1', null) as Snapshot<'subscription'>])).toBeNull()
  })
})
