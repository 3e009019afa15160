import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical } from '../../src/core/canonical.ts'
import { compact, LATENESS } from '../../src/core/compact.ts'
import { evaluate } from '../../src/core/evaluate.ts'
import type { AnySnapshot, FactType, SubscriptionState } from '../../src/core/fact.ts'
import { buildFacts, unite } from '../../src/core/facts.ts'
import { snapshotsOf } from '../support/any-snapshot.ts'
import { pro } from '../support/catalogs.ts'
import { BIRTH, DAY, endOf, lives, readOf, snapshot, stateOf, type Life } from '../support/lives.ts'
import { plain } from '../support/plain.ts'
import { holds } from '../support/property.ts'

/** What was held when it was compacted, and what came after. */
interface History {
  held: AnySnapshot[]
  later: AnySnapshot[]
}

/** A life told in part before compaction and in part, as late as Stripe may be, after it. */
const heardLives: fc.Arbitrary<History> = lives({ minChanges: 14, maxChanges: 30 })
  .chain((life) => {
    const reads = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 5 * DAY })), {
      maxLength: 2,
    })
    const end = fc.option(fc.constant(true), { nil: false, freq: 1 })
    return fc.tuple(fc.constant(life), reads, end)
  })
  .chain(([life, reads, hasEnd]) => {
    const asked = reads.map(([place, wait], index) => readDuring(life, place, wait, index))
    const end = hasEnd ? [endOf(life, (life.at(-1)?.at ?? BIRTH) + DAY)] : []
    return splits<AnySnapshot>([...firstWords(life), ...life, ...asked, ...end])
  })

const TYPES = ['customer', 'entitlement_summary', 'product', 'price', 'test_clock'] as const

/** Snapshots in any states over half a year; a customer once deleted is no more told of as alive. */
function heardOf(type: FactType): fc.Arbitrary<History> {
  const wait = fc.constantFrom(0, 0, 1, 30, 61, 3600, 3 * DAY, 12 * DAY, 40 * DAY)
  return fc
    .array(fc.tuple(snapshotsOf(type), wait), { minLength: 14, maxLength: 26 })
    .chain((steps) => {
      let at = BIRTH
      const told = steps.map(([snapshot, gap], index) => {
        at += gap
        return {
          ...snapshot,
          object: 'x_1',
          observation: `evt_${String(index)}`,
          at,
          request: null,
        }
      })
      return splits(told.filter((each) => !isBackFromDeath(each, told)) as AnySnapshot[])
    })
}

describe('compaction', () => {
  it('changes nothing that is believed of a subscription, whatever may still come', () => {
    holds(
      fc.property(fc.tuple(heardLives), ([history]) => expectSameFacts(history)),
      3000,
    )
  })

  it.each(TYPES)('changes nothing that is believed of a %s', (type) => {
    holds(
      fc.property(fc.tuple(heardOf(type)), ([history]) => expectSameFacts(history)),
      1000,
    )
  })

  it('changes no decision', () => {
    const second = fc.integer({ min: BIRTH, max: BIRTH + 900 * DAY })
    holds(
      fc.property(fc.tuple(heardLives, second), ([{ held, later }, at]) => {
        const told = (snapshots: readonly AnySnapshot[]) =>
          canonical(
            evaluate(
              unite(snapshots).map((snapshot) => ({
                scope: { account: '', livemode: true },
                snapshot,
              })),
              pro,
              at,
            ),
          )
        expect(told([...compact(unite(held)), ...later])).toBe(told([...held, ...later]))
      }),
      500,
    )
  })

  it('of what was compacted changes nothing', () => {
    holds(
      fc.property(fc.tuple(heardLives), ([{ held }]) => {
        const once = compact(unite(held))
        expect(compact(once)).toEqual(once)
      }),
      1000,
    )
  })

  it('drops most of a long history', () => {
    const held = daily(200, (step) => stateOf({ note: String(step) }))
    expect(compact(held).length).toBeLessThan(45)
  })

  it('keeps the last known state where all that is newer has a status no rule knows', () => {
    const status = (step: number) => (step < 60 ? 'active' : 'frozen')
    const held = daily(120, (step) => stateOf({ status: status(step), note: String(step) }))
    expectSameFacts({ held, later: [] })
  })

  it('keeps what it saw a trial and then a plan without charge name no invoice', () => {
    const status = (step: number) => (step < 20 ? 'trialing' : 'active')
    const held = daily(120, (step) =>
      stateOf({
        status: status(step),
        isMetered: true,
        latestInvoice: step < 40 ? null : 'in_1',
        note: String(step),
      }),
    )
    expectSameFacts({ held, later: [] })
  })

  it('keeps what a customer was before it was deleted, also when it is asked for later', () => {
    const customer = (step: number, isDeleted: boolean, origin: 'event' | 'read') =>
      ({
        ...snapshot(step, 'updated', BIRTH + step * DAY, stateOf(), null),
        type: 'customer',
        origin,
        after: {
          deleted: isDeleted,
          metadata: isDeleted ? {} : { customer_id: step < 10 ? 'ada' : 'bob' },
          paymentMethodOnFile: false,
          testClock: null,
        },
      }) as AnySnapshot
    const alive = Array.from({ length: 20 }, (_, step) => customer(step, false, 'event'))
    const held = [...alive, customer(30, true, 'event'), customer(90, true, 'read')]
    expectSameFacts({ held, later: [] })
  })

  it('leaves alone what is short, recent, or ends by itself', () => {
    const invoices = fc.array(snapshotsOf('invoice'), { minLength: 20, maxLength: 20 })
    const expectLeftAlone = (told: readonly AnySnapshot[]) => {
      expect(compact(told)).toEqual(told)
    }
    holds(
      fc.property(fc.tuple(invoices), ([told]) => expectLeftAlone(told)),
      20,
    )
    const recent = lives({ gap: fc.constant(DAY), minChanges: 14, maxChanges: 25 })
    holds(
      fc.property(fc.tuple(recent), ([life]) => expectLeftAlone(life)),
      100,
    )
  })
})

function expectSameFacts({ held, later }: History): void {
  const stored = unite(held)
  const compacted = compact(stored)
  // As the store does: what was dropped and comes again is known by its id and left out.
  const dropped = new Set(
    stored.filter((each) => !compacted.includes(each)).map(({ observation }) => observation),
  )
  const fresh = later.filter(({ observation }) => !dropped.has(observation))
  expect(plain(buildFacts([...compacted, ...fresh]))).toEqual(
    plain(buildFacts([...stored, ...fresh])),
  )
}

/** Some are held; of the rest, what Stripe may still deliver then comes later, and the others are lost. */
function splits<S extends AnySnapshot>(told: readonly S[]): fc.Arbitrary<History> {
  const flags = fc.array(fc.integer({ min: 0, max: 9 }), {
    minLength: told.length,
    maxLength: told.length,
  })
  const cut = fc.integer({ min: 0, max: 8 })
  return fc.tuple(flags, cut).map(([chances, cutoff]) => {
    const early = told.length - cutoff
    const held = told.filter((_, index) => index < early && (chances[index] ?? 0) < 8)
    const newest = Math.max(...held.map(({ at }) => at))
    const later = told.filter(
      // An event may come late; what Stripe was asked is held at once.
      (each) => !held.includes(each) && each.at >= newest - (each.origin === 'read' ? 0 : LATENESS),
    )
    return { held, later }
  })
}

function readDuring(life: Life, place: number, wait: number, index: number) {
  const seen = life[place % Math.max(1, life.length)]
  const at = (seen?.at ?? BIRTH) + wait
  const now = life.findLast((each) => each.at <= at)
  return readOf(now?.after ?? null, at, String(index))
}

/** Many a subscription begins as `incomplete`. */
function firstWords(life: Life): Life {
  const first = life[0]
  if (first?.before?.status !== 'active') return []
  const incomplete = { ...first.before, status: 'incomplete' }
  return [
    snapshot(901, 'created', first.at, incomplete, null),
    snapshot(902, 'updated', first.at, first.before, incomplete),
  ]
}

function isBackFromDeath(each: AnySnapshot, told: readonly { at: number; after: unknown }[]) {
  if (each.type !== 'customer' || each.after === null || each.after.deleted) return false
  return told.some(({ at, after }) => at < each.at && (after as { deleted?: boolean })?.deleted)
}

/** One event a day. */
function daily(days: number, stateOn: (step: number) => SubscriptionState): Life {
  return Array.from({ length: days }, (_, step) =>
    snapshot(step, 'updated', BIRTH + step * DAY, stateOn(step), null),
  )
}
