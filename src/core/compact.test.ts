import { describe, expect, it } from 'vitest'
import { DAY, HOUR, item, JANUARY, told } from '../../test/support/told.ts'
import { compact, LATENESS } from './compact.ts'
import type { AnySnapshot, FactStates, FactType, Snapshot, SubscriptionState } from './fact.ts'

/** Twenty quiet weeks of one object, an observation each: `evt_00` is the oldest. */
const WEEKS = 20

function weekly<T extends FactType>(
  type: T,
  fieldsOf: (week: number) => Partial<FactStates[T]> = () => ({}),
  evidenceOf: (week: number) => Partial<Snapshot<T>> = () => ({}),
): AnySnapshot[] {
  return Array.from({ length: WEEKS }, (_, week) =>
    told(type, 'x_1', fieldsOf(week), {
      at: JANUARY + week * 7 * DAY,
      observation: `evt_${String(week).padStart(2, '0')}`,
      ...evidenceOf(week),
    }),
  )
}

const weeksKept = (snapshots: readonly AnySnapshot[]) =>
  compact(snapshots).map(({ observation }) => Number(observation.slice(4)))

/** Nothing may be dropped of the last month (31 days and a minute): weeks 15 to 19. */
const RECENT = [15, 16, 17, 18, 19]
/** The oldest, and the last two clusters of before that month. */
const USUAL = [0, 13, 14, ...RECENT]

describe('of a long history', () => {
  it.each(['subscription', 'customer', 'entitlement_summary', 'test_clock'] as const)(
    'of a %s the oldest, the last month, and two clusters of before it stay',
    (type) => {
      expect(weeksKept(weekly(type))).toEqual(USUAL)
    },
  )

  it.each(['product', 'price'] as const)(
    'of a %s, which decides nothing, only what came last and first stay of what is old',
    (type) => {
      expect(weeksKept(weekly(type))).toEqual([0, ...RECENT])
    },
  )

  it.each(['invoice', 'charge', 'refund', 'checkout_session'] as const)(
    'of a %s all stays: it ends by itself',
    (type) => {
      expect(compact(weekly(type))).toHaveLength(WEEKS)
    },
  )

  it('a month is what Stripe may be late, and a minute more', () => {
    const last = JANUARY + (WEEKS - 1) * 7 * DAY
    const atBorder = (seconds: number) =>
      told('test_clock', 'x_1', {}, { at: last - LATENESS - 60 + seconds, observation: 'evt_99' })
    const others = weekly('test_clock').filter(
      ({ at }) => at < last - LATENESS - DAY || at === last,
    )
    const kept = (seconds: number) => {
      const between = [1, 2].map((n) => ({
        ...atBorder(-n * HOUR - 1),
        observation: `evt_5${String(n)}`,
      }))
      return weeksKept([...others, ...between, atBorder(seconds)]).includes(52)
    }
    // Within the month it is no old cluster, so two others are.
    expect(kept(0)).toBe(true)
    expect(kept(-1)).toBe(false)
  })

  it('what is short stays as it is', () => {
    const short = weekly('subscription').filter((_, week) => week < 9 || week > 17)
    expect(compact(short)).toBe(short)
    expect(compact([])).toEqual([])
  })

  it('stays in the order in which it was given', () => {
    expect(weeksKept(weekly('customer').reverse())).toEqual([...USUAL].reverse())
  })

  it('a cluster stays or goes as a whole', () => {
    const together = weekly('test_clock').map((snapshot, week) =>
      week >= 10 && week <= 12
        ? { ...snapshot, at: JANUARY + 14 * 7 * DAY - 50 * (13 - week) }
        : snapshot,
    )
    // Weeks 10, 11 and 12 were heard within a minute of each other and of week 14.
    expect(weeksKept(together)).toEqual([0, 10, 11, 12, 13, 14, ...RECENT])
  })
})

describe('of old snapshots those stay that', () => {
  it('are the latest read, and what was heard since', () => {
    const read = weekly('subscription', undefined, (week) => (week === 5 ? { origin: 'read' } : {}))
    expect(weeksKept(read)).toEqual([0, 5, 13, 14, ...RECENT])
  })

  it('say that Stripe knows no such object, the first and the latest', () => {
    const missing = weekly('customer').map((snapshot, week) =>
      week === 3 || week === 4 || week === 6
        ? ({ ...snapshot, after: null, origin: 'read' } as AnySnapshot)
        : snapshot,
    )
    expect(weeksKept(missing)).toEqual([0, 3, 6, 13, 14, ...RECENT])
  })

  it('are the first to show the object at all', () => {
    const late = weekly('customer').map((snapshot, week) =>
      week < 4 ? ({ ...snapshot, after: null } as AnySnapshot) : snapshot,
    )
    expect(weeksKept(late)).toEqual([0, 4, 13, 14, ...RECENT])
  })

  it('show a customer deleted, or alive before it was', () => {
    const gone = weekly('customer', (week) => ({ deleted: week >= 4 }))
    // Alive: the two clusters of weeks 2 and 3, the first of each.
    expect(weeksKept(gone)).toEqual([0, 2, 3, 4, 13, 14, ...RECENT])
  })

  it('show the latest complete list of entitlements, where later ones were cut', () => {
    const cut = weekly('entitlement_summary', (week) => ({ hasMore: week > 6 }))
    expect(weeksKept(cut)).toEqual([0, 5, 6, 13, 14, ...RECENT])
  })
})

describe('a subscription that Stripe once did not know', () => {
  const snapshots = weekly('subscription').map((snapshot, week) =>
    week === 4 || week === 8
      ? ({ ...snapshot, after: null, origin: 'read', eventType: 'read' } as AnySnapshot)
      : snapshot,
  )

  it('keeps that it did not, first and last, beside what is kept of any', () => {
    expect(weeksKept(snapshots)).toEqual([0, 4, 8, 13, 14, ...RECENT])
  })

  it('keeps it also where nothing was seen of it since', () => {
    const gone = snapshots.map((snapshot, week) =>
      week >= 8 ? ({ ...snapshot, after: null, origin: 'read' } as AnySnapshot) : snapshot,
    )
    expect(weeksKept(gone)).toEqual([0, 4, 6, 7, ...RECENT])
  })
})

describe('a cluster that ends at the very second of the horizon', () => {
  it('stays whole: what still comes may join it', () => {
    const last = JANUARY + (WEEKS - 1) * 7 * DAY
    const horizon = last - LATENESS - 60
    const at = (week: number) =>
      week === 14 ? horizon : week === 13 ? horizon - 60 : horizon - 120
    const together = weekly('test_clock').map((snapshot, week) =>
      week >= 12 && week <= 14 ? { ...snapshot, at: at(week) } : snapshot,
    )
    expect(weeksKept(together)).toEqual([0, 10, 11, 12, 13, 14, ...RECENT])
  })
})

describe('of a subscription’s old snapshots those stay that', () => {
  const of = (
    fieldsOf: (week: number) => Partial<SubscriptionState>,
    evidenceOf?: (week: number) => Partial<Snapshot<'subscription'>>,
  ) => weeksKept(weekly('subscription', fieldsOf, evidenceOf))

  it('show it incomplete, active and ended', () => {
    const life = of((week) => ({
      status: week < 3 ? 'incomplete' : week < 8 ? 'active' : 'canceled',
    }))
    // All that ended it, since the earliest end counts.
    expect(life).toEqual([0, 1, 2, 3, 6, 7, ...Array.from({ length: 12 }, (_, at) => at + 8)])
  })

  it('show a price with a lookup key that it no longer carries', () => {
    const keys = of((week) => ({
      items: [item({ lookupKey: week === 4 || week === 5 ? 'old' : 'new' })],
    }))
    expect(keys).toEqual([0, 4, 13, 14, ...RECENT])
  })

  it('reach furthest while nothing was due', () => {
    const due = of((week) => ({
      latestInvoice: week < 8 ? null : 'in_1',
      items: [item({ isMetered: true, periodEnd: JANUARY + (week === 5 ? 90 : 30) * DAY })],
    }))
    expect(due).toEqual([0, 5, 13, 14, ...RECENT])
  })

  it('began or ended a pause of collection', () => {
    const paused = { pauseCollection: { behavior: 'void', resumesAt: null } }
    const turns = of((week) => ((week >= 3 && week <= 5) || week === 8 ? paused : {}))
    expect(turns).toEqual([0, 3, 6, 8, 9, 13, 14, ...RECENT])
  })

  it('had a status no rule knows, the least in text', () => {
    const odd = of((week) => ({
      status: week === 4 ? 'zeta' : week === 6 || week === 7 ? 'alpha' : 'active',
    }))
    expect(odd).toEqual([0, 6, 13, 14, ...RECENT])
  })
})
