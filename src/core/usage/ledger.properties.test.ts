import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holds } from '../../../test/support/property.ts'
import { DAY } from '../../../test/support/told.ts'
import { finalise, hold, release } from './hold.ts'
import { historyOf, type Spend } from './history.ts'
import { EMPTY_LEDGER, restOf, type Allowance, type Burn, type Ledger } from './ledger.ts'
import { syncLedger } from './sync-ledger.ts'
import { giveBack, take, type Taken } from './take.ts'
import { balanceAt, usageAt } from './usage-at.ts'

const START = Date.UTC(2026, 0, 15, 10) / 1000

/** What a source gives, as a verdict might tell of it at some second. */
const gift = fc.record({
  source: fc.constantFrom('cs_1', 'cs_2', 'manual/act_1', 'sub_1', 'sub_2'),
  amount: fc.oneof(fc.nat({ max: 40 }), fc.constantFrom(null, 0, 1)),
  overage: fc.constantFrom<Allowance['overage']>('block', 'block', 'bill'),
  period: fc.nat({ max: 3 }),
  days: fc.constantFrom(null, 1, 5, 10, 30),
  isVoid: fc.boolean(),
})

type Gift = typeof gift extends fc.Arbitrary<infer T> ? T : never

function given(kind: 'limit' | 'credits', gifts: readonly Gift[]): Allowance[] {
  return gifts.map(({ amount, days, isVoid, overage, period, source }) => {
    const isPeriodic = kind === 'limit' || source.startsWith('sub')
    const from = START + (isPeriodic ? period * 10 * DAY : 0)
    const periodEnd = isPeriodic ? from + 10 * DAY : null
    return {
      id: isPeriodic ? `${source}@${from}` : source,
      kind,
      source,
      from,
      until: kind === 'credits' && days !== null ? from + days * DAY : periodEnd,
      periodEnd,
      amount: kind === 'credits' ? (amount ?? 0) : amount,
      spent: 0,
      over: 0,
      overage: kind === 'credits' ? 'block' : overage,
      isVoid,
      clawbacks: [],
    }
  })
}

const quantity = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constantFrom(1, 1, 100))
const name = fc.constantFrom('a', 'b', 'c')
/** Hours since the step before, and by how much usage comes late. */
const clock = fc.record({
  passed: fc.constantFrom(0, 0, 1, 5, 60, 240),
  late: fc.constantFrom(0, 0, 1, 200),
})

const step = fc.tuple(
  clock,
  fc.oneof(
    fc.record({ type: fc.constant('sync' as const), gifts: fc.array(gift, { maxLength: 6 }) }),
    fc.record({ type: fc.constantFrom('track' as const, 'consume' as const), quantity }),
    fc.record({
      type: fc.constant('hold' as const),
      name,
      quantity,
      hours: fc.constantFrom(1, 100),
    }),
    fc.record({ type: fc.constant('finalise' as const), name, actual: fc.nat({ max: 40 }) }),
    fc.record({ type: fc.constant('release' as const), name }),
    fc.record({ type: fc.constant('correct' as const) }),
  ),
)

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const history = fc.tuple(
  fc.constantFrom('limit' as const, 'credits' as const),
  fc.array(step, { minLength: 1, maxLength: 40 }),
)

/** Lives a history, and keeps its own books of what was taken. */
class Life {
  readonly kind: 'limit' | 'credits'
  ledger: Ledger = EMPTY_LEDGER
  now = START
  taken = 0
  spends: Spend[] = []
  #given: Allowance[] = []

  constructor(kind: 'limit' | 'credits') {
    this.kind = kind
  }

  live([{ passed, late }, act]: Step): void {
    this.now += passed * 3600
    if (act.type === 'sync') this.#given = given(this.kind, act.gifts)
    // As the service does: every write is preceded by what the verdict says now.
    this.#sync()
    const at = this.now - late * 3600
    switch (act.type) {
      case 'sync':
        break
      case 'track':
      case 'consume':
        this.#take(act.type, act.quantity, at)
        break
      case 'hold': {
        if (this.ledger.holds.some(({ id }) => id === act.name)) break
        const expiresAt = this.now + act.hours * 3600
        const before = remaining(this.ledger, at)
        const held = hold(this.ledger, { id: act.name, ...act, at, expiresAt, isAllowed: true })
        expectFair(held, before, act.quantity, this.ledger, at)
        if (held.ok) this.taken += act.quantity
        this.ledger = held.ledger
        break
      }
      case 'finalise': {
        const held = this.ledger.holds.find(({ id }) => id === act.name)
        const done = finalise(this.ledger, act.name, act.actual, held?.at ?? at)
        expect(done.ok).toBe(true)
        expect(sumOf(done.burned)).toBe(act.actual)
        this.taken += act.actual - (held?.quantity ?? 0)
        this.ledger = done.ledger
        this.#note(done.burned, at, false)
        break
      }
      case 'release':
        this.taken -= this.ledger.holds.find(({ id }) => id === act.name)?.quantity ?? 0
        this.ledger = release(this.ledger, act.name)
        break
      case 'correct': {
        const last = this.spends.findLast(
          ({ burned, id, isGivenBack }) =>
            !isGivenBack &&
            burned.length > 0 &&
            !this.spends.some((one) => one.id === `${id} back`),
        )
        if (last === undefined) break
        this.ledger = giveBack(this.ledger, last.burned)
        this.taken -= sumOf(last.burned)
        this.spends.push({ ...last, id: `${last.id} back`, isGivenBack: true })
      }
    }
  }

  #sync(): void {
    const expired = this.ledger.holds.filter(({ expiresAt }) => expiresAt <= this.now)
    this.taken -= expired.reduce((sum, held) => sum + held.quantity, 0)
    this.ledger = syncLedger(this.ledger, this.#given, this.now)
    const again = syncLedger(this.ledger, [...this.#given, ...this.#given].reverse(), this.now)
    expect(distinct(this.#given) ? again : this.ledger).toEqual(this.ledger)
  }

  #take(mode: 'track' | 'consume', units: number, at: number): void {
    const before = remaining(this.ledger, at)
    const taken = take(this.ledger, { quantity: units, at, mode, isAllowed: true })
    if (mode === 'consume') expectFair(taken, before, units, this.ledger, at)
    else expect(taken.ok).toBe(true)
    if (!taken.ok) return
    expect(sumOf(taken.burned)).toBe(units)
    this.taken += units
    this.ledger = taken.ledger
    this.#note(taken.burned, at, false)
  }

  #note(burned: readonly Burn[], at: number, isGivenBack: boolean): void {
    this.spends.push({ id: `use_${this.spends.length}`, at, burned, isGivenBack })
  }
}

/** All or nothing, and never more than remains, but where what is beyond is billed. */
function expectFair(
  taken: Taken,
  before: { units: number; isBilledBeyond: boolean },
  units: number,
  ledger: Ledger,
  at: number,
): void {
  expect(taken.ok).toBe(units <= before.units || before.isBilledBeyond)
  if (!taken.ok) expect(taken.ledger).toBe(ledger)
  if (taken.ok && !before.isBilledBeyond) {
    expect(remaining(taken.ledger, at).units).toBe(before.units - units)
  }
}

function remaining(ledger: Ledger, at: number): { units: number; isBilledBeyond: boolean } {
  const limit = usageAt(ledger, at)
  const credits = balanceAt(ledger, at)
  return {
    units: (limit.remaining ?? Infinity) + (credits.remaining ?? Infinity),
    isBilledBeyond: limit.isBilledBeyond,
  }
}

function distinct(allowances: readonly Allowance[]): boolean {
  return new Set(allowances.map(({ id }) => id)).size === allowances.length
}

function sumOf(burned: readonly Burn[]): number {
  return burned.reduce((sum, part) => sum + part.quantity, 0)
}

function counted({ allowances, closed }: Ledger): number {
  return sumOf(closed) + allowances.reduce((sum, { spent, over }) => sum + spent + over, 0)
}

describe('no history of grants, uses, holds, corrections, refunds, revivals and expiries', () => {
  it('loses or doubles a unit, brings anything below zero, or oversells', () => {
    holds(
      fc.property(history, ([kind, steps]) => {
        const life = new Life(kind)
        for (const one of steps) {
          life.live(one)
          for (const allowance of life.ledger.allowances) {
            expect(allowance.spent).toBeGreaterThanOrEqual(0)
            expect(allowance.over).toBeGreaterThanOrEqual(0)
            expect(restOf(allowance)).toBeGreaterThanOrEqual(0)
          }
          // Beyond 40 days what is over is dropped, with what was used of it.
          if (life.now < START + 40 * DAY) expect(counted(life.ledger)).toBe(life.taken)
        }
      }),
      1500,
    )
  })

  it('makes a balance that its own history does not sum to', () => {
    holds(
      fc.property(history, ([, steps]) => {
        const life = new Life('credits')
        for (const one of steps) {
          life.live(one)
          const lines = historyOf(life.ledger, life.spends, life.now)
          const sum = lines.reduce((total, line) => total + line.quantity, 0)
          const balance = life.ledger.allowances
            .filter(({ until, isVoid }) => !isVoid && (until === null || until > life.now))
            .reduce((total, allowance) => total + restOf(allowance), 0)
          expect(sum).toBe(balance)
          const recent = historyOf(life.ledger, life.spends.slice(-2), life.now)
          expect(recent.reduce((total, line) => total + line.quantity, 0)).toBe(balance)
        }
      }),
      1500,
    )
  })

  it('leaves a ledger that is not plain JSON', () => {
    holds(
      fc.property(history, ([kind, steps]) => {
        const life = new Life(kind)
        for (const one of steps) life.live(one)
        expect(JSON.parse(JSON.stringify(life.ledger))).toEqual(life.ledger)
      }),
      300,
    )
  })
})

describe('credits', () => {
  it('that were dropped and are given again come back without what was spent of them', () => {
    holds(
      fc.property(
        fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 })),
        ([amount, units]) => {
          const [gifted] = given('credits', [
            { source: 'cs_1', amount, overage: 'block', period: 0, days: 10, isVoid: false },
          ])
          const first = syncLedger(EMPTY_LEDGER, [gifted!], START)
          const used = take(first, { quantity: units, at: START, mode: 'consume', isAllowed: true })
          const later = START + 100 * DAY
          const dropped = syncLedger(used.ledger, [gifted!], later)
          expect(dropped.allowances).toEqual([])
          const again = syncLedger(dropped, [{ ...gifted!, until: null }], later)
          expect(balanceAt(again, later).remaining).toBe(used.ok ? amount - units : amount)
        },
      ),
      200,
    )
  })
})
