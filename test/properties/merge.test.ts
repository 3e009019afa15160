import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical } from '../../src/core/canonical.ts'
import { FACT_TYPES, type AnySnapshot } from '../../src/core/fact.ts'
import { buildFacts, unite } from '../../src/core/facts.ts'
import { latest } from '../../src/core/latest.ts'
import { viewSubscription } from '../../src/core/views/subscription-view.ts'
import { anySnapshot, snapshotsOf } from '../support/any-snapshot.ts'
import { lives } from '../support/lives.ts'
import { plain } from '../support/plain.ts'
import { holds } from '../support/property.ts'

/** Snapshots of one object: what one set of the store holds. */
const ofOneObject = fc
  .constantFrom(...FACT_TYPES)
  .chain((type) => fc.array(snapshotsOf(type), { maxLength: 8 }))
  .map((snapshots) => snapshots.map((snapshot) => ({ ...snapshot, object: 'x_1' })))

/** The same values in another order, some of them twice. */
function shaken<T>(values: readonly T[]): fc.Arbitrary<T[]> {
  const repeated = fc.subarray([...values])
  return repeated.chain((again) => {
    const all = [...values, ...again]
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })
  })
}

const shakenPair = <T>(all: fc.Arbitrary<T[]>) =>
  all.chain((values) => fc.tuple(fc.constant(values), shaken(values)))

describe('the union of snapshots', () => {
  it('is the same however the sets are grouped', () => {
    holds(
      fc.property(fc.tuple(ofOneObject, ofOneObject, ofOneObject), ([a, b, c]) => {
        expect(unite([...unite([...a, ...b]), ...c])).toEqual(unite([...a, ...unite([...b, ...c])]))
      }),
      1000,
    )
  })

  it('is the same whichever set comes first', () => {
    holds(
      fc.property(fc.tuple(ofOneObject, ofOneObject), ([a, b]) => {
        expect(unite([...a, ...b])).toEqual(unite([...b, ...a]))
      }),
      1000,
    )
  })

  it('gains nothing from what it already holds', () => {
    holds(
      fc.property(fc.tuple(ofOneObject, fc.nat()), ([a, place]) => {
        const once = unite(a)
        expect(unite([...once, ...once])).toEqual(once)
        const again = once[place % Math.max(1, once.length)]
        if (again !== undefined) expect(unite([...once, structuredClone(again)])).toEqual(once)
      }),
      1000,
    )
  })

  it('loses nothing: each snapshot that went in is in it once', () => {
    holds(
      fc.property(fc.tuple(ofOneObject), ([a]) => {
        const texts = a.map(canonical)
        expect(unite(a).map(canonical).sort()).toEqual([...new Set(texts)].sort())
      }),
      500,
    )
  })
})

describe('what is believed', () => {
  it('does not depend on the order or number of times that snapshots of all types came', () => {
    holds(
      fc.property(fc.tuple(shakenPair(fc.array(anySnapshot, { maxLength: 14 }))), ([pair]) => {
        const [inOrder, shakenUp] = pair
        expect(plain(buildFacts(shakenUp))).toEqual(plain(buildFacts(inOrder)))
      }),
      1500,
    )
  })

  it.each(FACT_TYPES)('of a %s depends on the set of its snapshots alone', (type) => {
    const group = fc
      .array(snapshotsOf(type), { maxLength: 7 })
      .map((snapshots) => snapshots.map((each): AnySnapshot => ({ ...each, object: 'x_1' })))
    holds(
      fc.property(fc.tuple(shakenPair(group)), ([[inOrder, shakenUp]]) => {
        expect(plain(buildFacts(shakenUp))).toEqual(plain(buildFacts(inOrder)))
      }),
      300,
    )
  })

  it('of a subscription does not depend on the order, with chains, loops and lost events', () => {
    const heard = lives({ maxChanges: 10 })
      .chain((life) => fc.subarray(life))
      .chain((life) => fc.tuple(fc.constant(life), shaken(life)))
    holds(
      fc.property(fc.tuple(heard), ([[inOrder, shakenUp]]) => {
        const view = plain(viewSubscription('sub_1', unite(inOrder)))
        expect(plain(viewSubscription('sub_1', unite(shakenUp)))).toEqual(view)
      }),
      2000,
    )
  })

  it('is latest whatever order the snapshots stand in, even where nobody sorted them', () => {
    const heard = lives({ maxChanges: 10 })
      .chain((life) => fc.subarray(life))
      .chain((life) => fc.tuple(fc.constant(life), shaken(life)))
    holds(
      fc.property(fc.tuple(heard), ([[inOrder, shakenUp]]) => {
        expect(latest(shakenUp)).toEqual(latest(inOrder))
      }),
      2000,
    )
  })
})
