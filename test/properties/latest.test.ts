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
})

/** The change that takes back all that a life did. */
function undone(life: Life): Snapshot<'subscription'> {
  const [first, last] = [life[0], life.at(-1)]
  return snapshot(800, 'updated', BIRTH, first?.before ?? stateOf(), last?.after ?? stateOf())
}
