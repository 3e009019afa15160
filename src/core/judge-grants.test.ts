import { describe, expect, it } from 'vitest'
import { access, adas, DAY, decisions, item, JANUARY, told } from '../../test/support/told.ts'

const YEAR = 365 * DAY
const granted = told('manual_grant', 'act_1')

describe('a grant by hand (R27)', () => {
  it('is there for good where it names no end', () => {
    expect(access('reports', [granted], { at: JANUARY + 50 * YEAR })).toMatchObject({
      allowed: true,
      state: 'active',
      value: true,
      until: null,
      reasons: [{ code: 'granted_by_hand', message: 'Granted by hand.' }],
    })
    expect(adas([granted]).wakeAt).toBeNull()
  })

  it('ends when it says, by the clock alone', () => {
    const until = JANUARY + 10 * DAY
    const pass = told('manual_grant', 'act_1', { until })
    expect(access('reports', [pass], { at: until - 1 })).toMatchObject({ allowed: true, until })
    expect(adas([pass], { at: until - 1 }).wakeAt).toBe(until)
    expect(access('reports', [pass], { at: until })).toMatchObject({
      allowed: false,
      state: 'ended',
      reasons: [{ code: 'grant_over', message: 'The grant by hand ended 2026-01-25 10:00 UTC.' }],
    })
  })

  it('is revoked for good, whichever of the two acts is heard of first', () => {
    const revoked = told('manual_grant', 'act_1', { isRevoked: true }, { at: JANUARY + DAY })
    for (const acts of [
      [granted, revoked],
      [revoked, granted],
    ]) {
      expect(access('reports', acts, { at: JANUARY + 2 * DAY })).toMatchObject({
        allowed: false,
        state: 'ended',
        reasons: [{ code: 'revoked_by_hand' }],
      })
    }
  })

  it('given again after it was revoked is another grant', () => {
    const revoked = told('manual_grant', 'act_1', { isRevoked: true })
    expect(access('reports', [revoked, told('manual_grant', 'act_2')])).toMatchObject({
      allowed: true,
    })
  })

  it.each([
    ['reports', null, true],
    ['seats', 7, 7],
    ['seats', null, 1],
    ['calls', 900, 900],
    ['calls', null, null],
  ])('of %s with value %j gives %j', (feature, value, expected) => {
    const grant = told('manual_grant', 'act_1', { feature, value })
    expect(access(feature, [grant])).toMatchObject({ allowed: true, value: expected })
  })

  it('of what the catalog does not know gives nothing and hurts nothing', () => {
    const odd = told('manual_grant', 'act_2', { feature: 'time-travel' })
    expect(adas([granted, odd]).grants.map(({ feature }) => feature)).toEqual(['reports'])
  })

  it('is not touched by anything of Stripe’s: end, refund, deletion', () => {
    const ended = { status: 'canceled', endedAt: JANUARY + DAY }
    const stripes = [
      told('subscription', 'sub_1', ended, { eventType: 'customer.subscription.deleted' }),
      told('customer', 'cus_1', { deleted: true, metadata: { customer_id: 'ada' } }),
      told('refund', 're_1'),
      told('dispute', 'dp_1', { status: 'lost' }),
    ]
    expect(access('reports', [granted, ...stripes])).toMatchObject({
      allowed: true,
      state: 'active',
      reasons: [{ code: 'granted_by_hand' }],
    })
  })

  it('adds to what was bought and leaves it alone when it ends', () => {
    const bought = [
      told('subscription', 'sub_1', { items: [item({ quantity: 3 })] }),
      told('invoice', 'in_1'),
    ]
    const more = told('manual_grant', 'act_1', {
      feature: 'seats',
      value: 2,
      until: JANUARY + 5 * DAY,
    })
    expect(access('seats', [...bought, more], { at: JANUARY + DAY }).value).toBe(5)
    expect(access('seats', [...bought, more], { at: JANUARY + 6 * DAY }).value).toBe(3)
  })

  it('tells its note to people, without what a screen cannot show', () => {
    const noted = told('manual_grant', 'act_1', { note: 'goodwill\u0000, ticket 7' })
    expect(access('reports', [noted]).reasons[0]?.message).toBe(
      'Granted by hand (goodwill\ufffd, ticket 7).',
    )
  })
})

describe('entitlements of Stripe’s own (R25)', () => {
  const summary = (lookupKeys: string[], hasMore = false, at = JANUARY) =>
    told('entitlement_summary', 'cus_1', { lookupKeys, hasMore }, { at })
  const support = (...snapshots: Parameters<typeof decisions>[0]) =>
    decisions(snapshots)['cus_1']?.features['support']

  it('are had while the latest summary lists them', () => {
    expect(support(summary(['priority_support']))).toMatchObject({ allowed: true, value: true })
    const [first, second] = [
      summary(['priority_support']),
      summary(['other'], false, JANUARY + 100),
    ]
    expect(support(first, second)).toMatchObject({ allowed: false, state: 'none' })
    expect(support(second, first)).toMatchObject({ allowed: false, state: 'none' })
  })

  it('beyond the ten an event lists are pending and asked for', () => {
    const decision = decisions([summary(['other'], true)])['cus_1']
    expect(decision?.features['support']).toMatchObject({ allowed: false, state: 'pending' })
    expect(decision?.needs).toMatchObject([{ type: 'entitlement_summary', object: 'cus_1' }])
  })

  it('that a cut list leaves out are kept where the last complete one had them, and asked for', () => {
    const before = summary(['priority_support'])
    const cut = summary(['other'], true, JANUARY + 100)
    const decision = decisions([before, cut])['cus_1']
    expect(decision?.features['support']).toMatchObject({ allowed: true })
    expect(decision?.needs).toMatchObject([{ type: 'entitlement_summary', object: 'cus_1' }])
  })

  it('are asked for by one need, and not where a complete list has them', () => {
    const cut = decisions([summary(['priority_support'], true)])['cus_1']
    expect(cut?.features['support']).toMatchObject({ allowed: true })
    expect(cut?.needs).toEqual([])
    const whole = decisions([summary(['priority_support'])])['cus_1']
    expect(whole?.grants.map(({ source }) => source)).toEqual(['entitlements/cus_1'])
    const more = decisions([summary(['other'], true)])['cus_1']
    expect(more?.grants.map(({ source }) => source)).toEqual(['entitlements/cus_1/more'])
    expect(more?.needs).toHaveLength(1)
  })

  it('of a deleted customer are not asked for', () => {
    const deleted = told('customer', 'cus_1', { deleted: true })
    const decision = decisions([summary(['other'], true), deleted])['cus_1']
    expect(decision?.needs).toEqual([])
    expect(decision?.features['support']?.state).toBe('none')
  })

  it('end with their customer', () => {
    const deleted = told('customer', 'cus_1', { deleted: true })
    expect(support(summary(['priority_support']), deleted)).toMatchObject({
      allowed: false,
      state: 'ended',
    })
  })
})
