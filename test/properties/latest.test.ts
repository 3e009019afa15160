import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Snapshot } from '../../src/core/fact.ts'
import { latest } from '../../src/core/latest.ts'
import {
  BIRTH,
  DAY,
  lives,
  readOf,
  sameSecond,
  snapshot,
  stateOf,
  wideGap,
  type Life,
} from '../support/lives.ts'
import { holds } from '../support/property.ts'

type Fields = Parameters<typeof stateOf>[0]

/** A life of at least one change within one second, and what was known a day before it. */
const oneSecond = lives({ gap: sameSecond, minChanges: 1, maxChanges: 9, isBorn: false }).filter(
  (life) => life.length > 0,
)

/** How the object was seen before a life began, in a cluster of its own. */
function earlier(life: Life): Snapshot<'subscription'> {
  const first = life[0] as Snapshot<'subscription'>
  const before = first.before ?? stateOf()
  return { ...snapshot(900, 'created', BIRTH - DAY, before, null), request: null }
}

function endsWhereItBegan(life: Life): boolean {
  return JSON.stringify(life.at(-1)?.after) === JSON.stringify(life[0]?.before)
}

describe('all changes of one second', () => {
  it('lead to the true last state without doubt, loops and all, where the state before is known', () => {
    holds(
      fc.property(fc.tuple(oneSecond), ([life]) => {
        const found = latest([earlier(life), ...life])
        expect(found?.snapshot.after).toEqual(life.at(-1)?.after)
        expect(found?.isAmbiguous).toBe(false)
      }),
      3000,
    )
  })

  it('lead there alone too, unless they end where they began', () => {
    holds(
      fc.property(fc.tuple(oneSecond.filter((life) => !endsWhereItBegan(life))), ([life]) => {
        const found = latest(life)
        expect(found?.snapshot.after).toEqual(life.at(-1)?.after)
        expect(found?.isAmbiguous).toBe(false)
      }),
      2000,
    )
  })

  it('that end where they began are in doubt where nothing before is known', () => {
    const loop = lives({ gap: sameSecond, minChanges: 2, maxChanges: 5, isBorn: false })
      .filter((life) => life.length > 0 && !endsWhereItBegan(life))
      .map((life) => [...life, undone(life)])
    holds(
      fc.property(fc.tuple(loop), ([life]) => {
        expect(latest(life)?.isAmbiguous).toBe(true)
        expect(latest([earlier(life), ...life])?.isAmbiguous).toBe(false)
      }),
      500,
    )
  })

  it('lead to the true last state however `created` jumps about within seconds', () => {
    const jumpy = oneSecond
      .filter((life) => !endsWhereItBegan(life))
      .chain((life) =>
        fc.tuple(
          fc.constant(life),
          fc.array(fc.integer({ min: 0, max: 5 }), {
            minLength: life.length,
            maxLength: life.length,
          }),
        ),
      )
    holds(
      fc.property(fc.tuple(jumpy), ([[life, seconds]]) => {
        const stamped = life.map((each, index) => ({ ...each, at: BIRTH + (seconds[index] ?? 0) }))
        const found = latest([earlier(life), ...stamped])
        expect(found?.snapshot.after).toEqual(life.at(-1)?.after)
        expect(found?.isAmbiguous).toBe(false)
      }),
      2000,
    )
  })

  it('mean the same where some were told by two Event objects', () => {
    const doubled = oneSecond.chain((life) => fc.tuple(fc.constant(life), fc.subarray(life)))
    holds(
      fc.property(fc.tuple(doubled, fc.integer({ min: 0, max: 1 })), ([[life, again], late]) => {
        const twins = again.map((each) => ({
          ...each,
          observation: `${each.observation}twin`,
          at: each.at + late,
        }))
        const found = latest([earlier(life), ...life, ...twins])
        expect(found?.snapshot.after).toEqual(life.at(-1)?.after)
        expect(found?.isAmbiguous).toBe(false)
      }),
      2000,
    )
  })

  it('that cancel, undo and cancel again, leave it canceled', () => {
    const [kept, canceled] = [stateOf(), stateOf({ cancelAt: BIRTH + 30 * DAY })]
    const changes = [
      snapshot(1, 'updated', BIRTH, canceled, kept),
      snapshot(2, 'updated', BIRTH, kept, canceled),
      snapshot(3, 'updated', BIRTH, canceled, kept),
    ]
    expect(latest(changes)).toMatchObject({ snapshot: { after: canceled }, isAmbiguous: false })
  })
})

describe('changes further apart', () => {
  it('are ordered by `created`, whichever of them were lost', () => {
    const heard = lives({ gap: wideGap, minChanges: 1, maxChanges: 10 })
      .chain((life) => fc.subarray(life, { minLength: Math.min(1, life.length) }))
      .filter((life) => life.length > 0)
    holds(
      fc.property(fc.tuple(heard), ([life]) => {
        const found = latest(life)
        expect(found?.snapshot.after).toEqual(life.at(-1)?.after)
        expect(found?.isAmbiguous).toBe(false)
      }),
      3000,
    )
  })

  it("let March win over January's, with February's lost", () => {
    const seats = (quantity: number) => stateOf({ quantity })
    const january = snapshot(1, 'updated', BIRTH, seats(8), seats(10))
    const march = snapshot(3, 'updated', BIRTH + 59 * DAY, seats(6), seats(4))
    expect(latest([march, january])).toMatchObject({ snapshot: march, isAmbiguous: false })
  })

  it('let March win also where it leads back to what January left', () => {
    const seats = (quantity: number) => stateOf({ quantity })
    const january = snapshot(1, 'updated', BIRTH, seats(8), seats(10))
    const march = snapshot(3, 'updated', BIRTH + 59 * DAY, seats(10), seats(4))
    expect(latest([march, january])).toMatchObject({ snapshot: march, isAmbiguous: false })
  })
})

describe('what Stripe was asked', () => {
  const shown = stateOf({ note: 'asked' })
  const asked = BIRTH + 50 * DAY

  it('beats every event created before, even by a second', () => {
    const older = lives({ minChanges: 1, maxChanges: 8 }).map((life) => {
      const shift = asked - 1 - (life.at(-1)?.at ?? 0)
      return life.map((each) => ({ ...each, at: each.at + shift }))
    })
    holds(
      fc.property(fc.tuple(older), ([life]) => {
        const found = latest([...life, readOf(shown, asked)])
        expect(found).toMatchObject({ snapshot: { after: shown }, isAmbiguous: false })
      }),
      1000,
    )
  })

  it('is in doubt beside an event of the same second or cluster that nothing orders', () => {
    const other = fc.integer({ min: 0, max: 60 }).map((wait) => asked + wait)
    holds(
      fc.property(fc.tuple(other), ([at]) => {
        const event = snapshot(1, 'updated', at, stateOf({ quantity: 2 }), stateOf({ quantity: 3 }))
        expect(latest([readOf(shown, asked), event])?.isAmbiguous).toBe(true)
      }),
      100,
    )
  })

  it('is older than an event that says it changed just that', () => {
    const next = stateOf({ quantity: 2 })
    const event = snapshot(1, 'updated', asked, next, shown)
    const found = latest([readOf(shown, asked), event])
    expect(found).toMatchObject({ snapshot: { after: next }, isAmbiguous: false })
  })

  it('is beaten by an event of a later minute', () => {
    holds(
      fc.property(fc.tuple(fc.integer({ min: 61, max: 40 * DAY })), ([wait]) => {
        const event = snapshot(1, 'updated', asked + wait, stateOf({ quantity: 2 }), null)
        const found = latest([readOf(shown, asked), event])
        expect(found).toMatchObject({ snapshot: event, isAmbiguous: false })
      }),
      100,
    )
  })

  it('later counts instead of what was asked before', () => {
    const later = stateOf({ note: 'asked again' })
    const found = latest([readOf(later, asked + 5, 'later'), readOf(shown, asked)])
    expect(found).toMatchObject({ snapshot: { after: later }, isAmbiguous: false })
  })

  it('twice in one second with two answers is in doubt until it is asked in a later one', () => {
    const state = fc
      .constantFrom('active', 'past_due', 'trialing', 'unpaid')
      .chain((status) =>
        fc.integer({ min: 1, max: 3 }).map((quantity) => stateOf({ status, quantity })),
      )
    const names = fc.constantFrom(['a', 'b'], ['b', 'a'])
    holds(
      fc.property(fc.tuple(state, state, names), ([one, other, [first = '', second = '']]) => {
        const reads = [readOf(one, asked, first), readOf(other, asked, second)]
        const isSame = JSON.stringify(one) === JSON.stringify(other)
        const found = latest(reads)
        expect(found?.isAmbiguous).toBe(!isSame)
        expect(latest(reads.toReversed())).toEqual(found)
        const again = latest([...reads, readOf(one, asked + 1, 'c')])
        expect(again).toMatchObject({ snapshot: { after: one }, isAmbiguous: false })
      }),
      200,
    )
  })

  it('twice in one second is settled by the event that leads from one answer to the other', () => {
    const [before, after] = [stateOf({ quantity: 2 }), stateOf({ quantity: 3 })]
    const reads = [readOf(after, asked, 'a'), readOf(before, asked, 'b')]
    const event = snapshot(1, 'updated', asked, after, before)
    const found = latest([...reads, event])
    expect(found).toMatchObject({ snapshot: { after }, isAmbiguous: false })
  })
})

describe('where only a read can tell', () => {
  const at = BIRTH + 50 * DAY
  /** Two changes of one second that nothing joins. */
  const rivals = (one: Fields, other: Fields) => [
    snapshot(1, 'updated', at, stateOf(one), stateOf({ ...one, note: 'a' })),
    snapshot(2, 'updated', at, stateOf(other), stateOf({ ...other, note: 'b' })),
  ]
  const before = (fields: Fields) => snapshot(9, 'updated', at - DAY, stateOf(fields), null)

  it.each<[string, Fields, Fields]>([
    ['past due, not active', { status: 'past_due' }, { status: 'active' }],
    ['unpaid, not past due', { status: 'unpaid' }, { status: 'past_due' }],
    ['active, not in trial', { status: 'active' }, { status: 'trialing' }],
    ['canceled in a month, not going on', { cancelAt: at + 30 * DAY }, {}],
    ['fewer, not more', { quantity: 2 }, { quantity: 3 }],
    ['asked to pay, not let off', {}, { isPaused: true }],
  ])('it is taken to be %s', (_, cautious, bold) => {
    for (const told of [rivals(cautious, bold), rivals(bold, cautious)]) {
      const found = latest(told)
      expect(found).toMatchObject({ snapshot: { after: stateOf(cautious) }, isAmbiguous: true })
    }
  })

  it.each<[string, Fields, Fields, Fields]>([
    ['all the same', { quantity: 3 }, { quantity: 3, note: 'c' }, { quantity: 1 }],
    ['its status', { status: 'active' }, { quantity: 3 }, { status: 'unpaid' }],
    ['trial and all', { status: 'trialing' }, { status: 'trialing' }, { status: 'past_due' }],
  ])('it stays what it was known to be the minute before: %s', (_, known, same, other) => {
    for (const told of [rivals(same, other), rivals(other, same)]) {
      const found = latest([before(known), ...told])
      expect(found).toMatchObject({ snapshot: { after: stateOf(same) }, isAmbiguous: true })
    }
  })

  it('a loop does not become certain by what was itself in doubt', () => {
    const [one, other] = [stateOf({ quantity: 1 }), stateOf({ quantity: 2 })]
    const doubt = [
      snapshot(1, 'updated', at - DAY, one, stateOf({ note: 'a' })),
      snapshot(2, 'updated', at - DAY, other, stateOf({ note: 'b' })),
    ]
    const loop = [snapshot(3, 'updated', at, one, other), snapshot(4, 'updated', at, other, one)]
    expect(latest([...doubt, ...loop])?.isAmbiguous).toBe(true)
  })
})

describe("Stripe's own automation, which names no request", () => {
  const at = BIRTH + 50 * DAY
  const [active, late] = [stateOf({ status: 'active' }), stateOf({ status: 'past_due' })]
  const change = (count: number, after: typeof active, from: typeof active, second = at) => ({
    ...snapshot(count, 'updated', second, after, from),
    request: null,
  })
  const known = snapshot(9, 'created', at - DAY, active, null)

  it('told twice is one change', () => {
    const found = latest([known, change(1, late, active), change(2, late, active, at + 2)])
    expect(found).toMatchObject({ snapshot: { after: late }, isAmbiguous: false })
  })

  it('to and fro within two seconds is in doubt: told twice and done twice look alike', () => {
    const flip = [change(1, late, active), change(2, active, late), change(3, late, active, at + 1)]
    expect(latest([known, ...flip])?.isAmbiguous).toBe(true)
    const more = [change(4, active, late, at + 1), change(5, late, active, at + 2)]
    expect(latest([known, ...flip, ...more])?.isAmbiguous).toBe(true)
    const read = readOf(late, at + 60)
    const found = latest([known, ...flip, ...more, read])
    expect(found).toMatchObject({ snapshot: { after: late }, isAmbiguous: false })
  })

  it('to and fro, told twice only before it came to rest elsewhere, is not', () => {
    const rest = stateOf({ status: 'active', note: 'a' })
    const told = [change(1, late, active), change(2, late, active), change(3, rest, late)]
    expect(latest([known, ...told])).toMatchObject({
      snapshot: { after: rest },
      isAmbiguous: false,
    })
  })
})

/** The change that takes back all that a life did. */
function undone(life: Life): Snapshot<'subscription'> {
  const [first, last] = [life[0], life.at(-1)]
  return snapshot(800, 'updated', BIRTH, first?.before ?? stateOf(), last?.after ?? stateOf())
}
