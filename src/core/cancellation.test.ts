import { describe, expect, it } from 'vitest'
import { compiled } from '../../test/support/catalogs.ts'
import { withPolicy } from '../../test/support/stories/catalogs.ts'
import { access, adas, DAY, FEBRUARY, item, JANUARY, MARCH, told } from '../../test/support/told.ts'
import { decide } from './decide.ts'
import type { SubscriptionState } from './fact.ts'
import { buildFacts } from './facts.ts'

/** Ada's paid month of Pro, set to cancel. */
function canceling(fields: Partial<SubscriptionState>, at = JANUARY + DAY) {
  return access(
    'reports',
    [told('subscription', 'sub_1', { latestInvoice: 'in_1', ...fields }), told('invoice', 'in_1')],
    { at },
  )
}

describe('a scheduled cancellation (R16)', () => {
  it('shows as ending until the second it names, and ends then', () => {
    const cancelAt = JANUARY + 10 * DAY

    expect(canceling({ cancelAt })).toMatchObject({
      allowed: true,
      state: 'ending',
      until: cancelAt,
      reasons: [{ code: 'cancel_scheduled', objects: ['sub_1'] }],
    })
    expect(canceling({ cancelAt }, cancelAt - 1)).toMatchObject({ allowed: true })
    expect(canceling({ cancelAt }, cancelAt)).toMatchObject({
      allowed: false,
      state: 'ended',
      reasons: [{ code: 'cancel_reached', objects: ['sub_1'] }],
    })
  })

  it('at the period’s end is the end of the longest period of its items', () => {
    const items = [item({ periodEnd: FEBRUARY }), item({ id: 'si_2', periodEnd: JANUARY + DAY })]
    const found = canceling({ cancelAtPeriodEnd: true, items })

    expect(found).toMatchObject({ state: 'ending', until: FEBRUARY })
  })

  it('at the period’s end counts only where a period is known', () => {
    const found = canceling({ cancelAtPeriodEnd: true, items: [item({ periodEnd: null })] })

    expect(found).toMatchObject({ state: 'active', reasons: [{ code: 'paid' }] })
  })

  it('is none where nothing is scheduled, whatever period runs', () => {
    expect(canceling({ cancelAtPeriodEnd: false })).toMatchObject({ state: 'active' })
  })

  it('goes before the period’s end where both are named', () => {
    const cancelAt = JANUARY + 10 * DAY
    const found = canceling({ cancelAt, cancelAtPeriodEnd: true })

    expect(found.until).toBe(cancelAt)
  })

  it('keeps nothing that ends before it for another reason', () => {
    // Paid to February and the window after it; to be canceled in March.
    const inWindow = canceling({ cancelAt: MARCH }, FEBRUARY + DAY)
    const afterWindow = canceling({ cancelAt: MARCH }, FEBRUARY + 4 * DAY)

    expect(inWindow).toMatchObject({ state: 'active', reasons: [{ code: 'renewal_window' }] })
    expect(afterWindow).toMatchObject({
      state: 'suspended',
      reasons: [{ code: 'renewal_overdue' }],
    })
  })

  it('ends also what is in grace, which it does not call ending', () => {
    const failing = [
      told('subscription', 'sub_1', {
        status: 'past_due',
        latestInvoice: 'in_2',
        cancelAt: FEBRUARY + 3 * DAY,
      }),
      told('invoice', 'in_1'),
    ]

    const graced = access('reports', failing, { at: FEBRUARY + DAY })
    expect(graced).toMatchObject({ state: 'grace', until: FEBRUARY + 3 * DAY })
    expect(access('reports', failing, { at: FEBRUARY + 3 * DAY })).toMatchObject({ state: 'ended' })
  })

  it('leaves a trial’s end alone where that comes first, and cuts it where it comes later', () => {
    const trial = {
      status: 'trialing',
      latestInvoice: null,
      trialStart: JANUARY,
      trialEnd: FEBRUARY,
    }
    const of = (cancelAt: number) =>
      access('reports', [told('subscription', 'sub_1', { ...trial, cancelAt })])

    expect(of(JANUARY + 5 * DAY)).toMatchObject({ state: 'ending', until: JANUARY + 5 * DAY })
    expect(of(MARCH)).toMatchObject({ state: 'trial' })
  })

  it('says nothing more once the subscription has ended', () => {
    const found = canceling({ status: 'canceled', endedAt: JANUARY + 3600, cancelAt: FEBRUARY })

    expect(found).toMatchObject({ state: 'ended', reasons: [{ code: 'subscription_ended' }] })
  })

  it('that falls into an outage is kept as any end by the clock, whatever is taken after it', () => {
    const collection = { pauseCollection: { behavior: 'void', resumesAt: null } }
    const catalog = compiled(withPolicy({ pauseCollection: 'suspend' }))
    const during = (cancelAt: number) => {
      const facts = buildFacts([
        told('subscription', 'sub_1', { cancelAt, ...collection }),
        told('invoice', 'in_1'),
      ])
      const hold = { cause: 'outage', from: cancelAt - DAY, until: cancelAt + 9 * DAY } as const
      const now = cancelAt + DAY
      return decide({ facts, customer: 'ada', catalog, now, hold }).features['reports']
    }

    expect(during(JANUARY + 10 * DAY)).toMatchObject({ allowed: true })
    expect(during(FEBRUARY)).toMatchObject({ allowed: true })
  })

  it('wakes us at the second it ends', () => {
    const cancelAt = JANUARY + 10 * DAY
    const decision = adas([told('subscription', 'sub_1', { cancelAt }), told('invoice', 'in_1')])

    expect(decision.wakeAt).toBe(cancelAt)
  })
})
