import fc from 'fast-check'
import { expect, it } from 'vitest'
import { holds } from '../../../test/support/property.ts'
import type { Grant, PaidPeriod } from '../decision.ts'
import { allowancesAt } from './allowances.ts'
import { EMPTY_LEDGER } from './ledger.ts'
import { syncLedger } from './sync-ledger.ts'

const second = fc.oneof(
  fc.constantFrom(null, 0, -1, 1, 1_770_000_000, 1_772_000_000, 4e9, 1e12, Number.MAX_SAFE_INTEGER),
  fc.integer({ min: 1_700_000_000, max: 1_800_000_000 }),
)
const usage = fc.record({
  group: fc.constant('sub_1'),
  periodStart: second,
  periodEnd: second,
  interval: fc.constantFrom(null, 'day', 'week', 'month', 'year', 'decade'),
  intervalCount: fc.constantFrom(1, 1, 3, 0, -1, 1e9, Number.MAX_SAFE_INTEGER),
  anchor: second,
  overage: fc.constant('block' as const),
  givenAt: second,
  endsAt: second,
  expiresAfter: fc.constantFrom(null, 1, 86_400, 3e9),
  paid: fc.constant<PaidPeriod[]>([]),
  frozenAt: fc.constantFrom(null, 0, 1_775_000_000),
})
const grant: fc.Arbitrary<Grant> = fc.record({
  feature: fc.constant('f'),
  source: fc.constant('sub_1/si_1'),
  kind: fc.constantFrom('subscription' as const, 'purchase' as const),
  product: fc.constant('pro'),
  state: fc.constantFrom('active' as const, 'suspended' as const, 'ended' as const),
  value: fc.constantFrom(null, 0, 5, true, Number.MAX_SAFE_INTEGER),
  until: second,
  reasons: fc.constant<Grant['reasons']>([]),
  usage,
})

it('gives few allowances, of spans that begin before they end, whatever periods a payload tells', () => {
  holds(
    fc.property(
      fc.tuple(
        fc.array(grant, { maxLength: 3 }),
        fc.constantFrom('metered' as const, 'credits' as const),
      ),
      ([grants, type]) => {
        const now = 1_771_000_000
        const given = allowancesAt({ type }, grants, now)
        expect(given.length).toBeLessThan(130)
        for (const { from, periodEnd } of given) {
          if (periodEnd !== null) expect(from).toBeLessThan(periodEnd)
        }
        const ledger = syncLedger(EMPTY_LEDGER, given, now)
        expect(syncLedger(ledger, given, now)).toEqual(ledger)
      },
    ),
    2000,
  )
})
