/**
 * The stories, in every order (SPEC, "A function of the set").
 *
 * What is compared. A body is reduced once; what is held is one set of snapshots per object, merged
 * with `unite` one body at a time, exactly as the engine merges (`Holding`). Two holdings are equal
 * when every object has the same snapshots in the same places. Two verdicts are equal when the
 * canonical texts of everyone's whole decisions are: access, grants, reasons with their evidence,
 * needs, alerts and the wake time.
 *
 * Why that proves it. With at most 7 bodies every order of every subset is walked (13,700 of them for
 * 7) and the holding it leaves must equal the one its subset left first. So the holding is a function
 * of the subset alone, and a verdict is a pure function of the holding, the catalog and the second: it
 * is made once per subset and second, and made again over another order in which the objects came, since
 * that is all in which two equal holdings may still differ. Each of those verdicts is held against the
 * witness, which knows no rule: nobody is served whom nothing seen could pay for. At every step one
 * body already held comes again and must change nothing.
 *
 * Beyond 7 bodies 2,000 seeded orders with repetitions, at once and late, must leave one holding; a
 * sample of them is judged in the order of arrival, and cut short at random: what came up to the cut
 * must be judged as when it had come in the order of the story, and stand before the witness.
 *
 * A change told by two Event objects, or a history half told in another API version's shape, is another
 * set: there the access itself (allowed, state, value, until) must be the same, the evidence may differ.
 */
import { describe, expect, it } from 'vitest'
import { canonical } from '../../src/core/canonical.ts'
import { compileCatalog, type Catalog } from '../../src/core/compile-catalog.ts'
import type { FeatureAccess } from '../../src/core/decision.ts'
import type { Evaluation } from '../../src/core/evaluate.ts'
import { Holding, parcelOf, type Parcel } from '../support/holding.ts'
import { chosen, walkArrangements, withDuplicates } from '../support/orders.ts'
import { replayLine, seeded, type Random } from '../support/seeded.ts'
import { stories, type Expected, type Story } from '../support/stories/index.ts'
import { bodyAt, type Body, type Shape } from '../support/stripe/index.ts'
import {
  withBackfilledShapes,
  withDoubledEvents,
  withMixedShapes,
  type Variant,
} from '../support/variants.ts'
import { mayBeAllowed } from '../support/witness.ts'

const ALL_ORDERS_UP_TO = 7
const ORDERS = 2000
const JUDGED_ORDERS = 250
const VARIANTS = 8

for (const story of stories) {
  const catalog = compiled(story)
  const times = [...new Set(story.checkpoints.map(({ at }) => at))].sort((a, b) => a - b)
  for (const shape of story.shapes) {
    const title = `${story.name} [${shape}]`
    const told = { story, shape, title, catalog, times, bodies: story.build(shape) }
    describe(title, () => {
      it('gives the access the story expects at each of its seconds', () => expectCheckpoints(told))
      if (told.bodies.length <= ALL_ORDERS_UP_TO) {
        it('is the same in all orders of all subsets, and never without a witness', () =>
          expectAllOrders(told))
      } else {
        it('is the same in seeded orders with repetitions, and never without a witness', () =>
          expectSeededOrders(told))
      }
      it('is the same where one change is told by two events', () => {
        expectSameAccess(told, 'doubled', (random) => withDoubledEvents(told.bodies, random))
      })
      const other = story.shapes.find((candidate) => candidate !== shape)
      if (other !== undefined) {
        it('is the same where bodies come in the shapes of two API versions', () => {
          const others = story.build(other)
          expectSameAccess(told, 'mixed', (random) => withMixedShapes(told.bodies, others, random))
        })
        it('is the same where events come in two shapes under one id', () => {
          const others = story.build(other)
          expectSameAccess(told, 'both', (random) =>
            withBackfilledShapes(told.bodies, others, random),
          )
        })
      }
    })
  }
}

interface Told {
  story: Story
  shape: Shape
  title: string
  catalog: Catalog
  /** Seconds of the checkpoints, each once, in order. */
  times: readonly number[]
  bodies: readonly Body[]
}

function expectCheckpoints({ story, catalog, bodies }: Told): void {
  for (const { at, customer, features } of story.checkpoints) {
    const held = bodies.filter((body) => bodyAt(body) <= at)
    const customers = new Holding(held.map(parcelOf)).evaluate(catalog, at)
    for (const [feature, expected] of Object.entries(features)) {
      const found = customers[customer]?.features[feature] ?? NOTHING
      expect(only(found, expected), `${feature} of ${customer} at ${String(at)}`).toEqual(expected)
    }
  }
}

function expectAllOrders(told: Told): void {
  const { catalog, times, bodies, title } = told
  const parcels = bodies.map(parcelOf)
  const random = seeded(`${title} orders`)
  const held = new Map<number, { first: Holding; other: Holding; count: number; path: string }>()
  walkArrangements(
    parcels.length,
    new Holding(),
    (holding, value) => holding.copy().add(parcels[value] as Parcel),
    ({ set, order, state }) => {
      const path = order.join(' ')
      const again = order[random.below(order.length)]
      if (
        again !== undefined &&
        !state
          .copy()
          .add(parcels[again] as Parcel)
          .equals(state)
      ) {
        fail(told, `body ${String(again)} again after ${path} changes what is held`)
      }
      const known = held.get(set)
      if (known === undefined) {
        held.set(set, { first: state, other: state, count: 1, path })
        return
      }
      if (!state.equals(known.first)) {
        fail(told, `bodies in the order ${path} leave another holding than ${known.path}`)
      }
      // Of all the orders of this subset each is as likely to be the one that is judged again.
      known.count++
      if (random.chance(1 / known.count)) known.other = state
    },
  )
  expect(held.size).toBe(2 ** parcels.length)
  for (const [set, { first, other }] of held) {
    const subset = chosen(bodies, set)
    const again = times[random.below(times.length)]
    for (const at of times) {
      const customers = first.evaluate(catalog, at)
      expectWitnessed(told, subset, customers, at)
      if (at === again && canonical(other.evaluate(catalog, at)) !== canonical(customers)) {
        fail(told, `the verdict at ${String(at)} depends on the order of ${idsOf(subset)}`)
      }
    }
  }
}

function expectSeededOrders(told: Told): void {
  const { catalog, times, bodies, title } = told
  const parcels = bodies.map(parcelOf)
  const random = seeded(`${title} orders`)
  const whole = new Holding(parcels)
  const verdicts = new Map(times.map((at) => [at, canonical(whole.evaluate(catalog, at))]))
  for (let count = 0; count < ORDERS; count++) {
    const arrivals = withDuplicates(random.shuffled(parcels), random)
    const isJudged = count < JUDGED_ORDERS
    const cut = isJudged ? random.below(arrivals.length) : arrivals.length
    const holding = new Holding(arrivals.slice(0, cut))
    if (isJudged) expectSameCutShort(told, parcels, arrivals.slice(0, cut), holding, random)
    for (const parcel of arrivals.slice(cut)) holding.add(parcel)
    if (!holding.equals(whole)) {
      fail(told, `order ${String(count)} leaves another holding: ${idsOf(bodiesOf(arrivals))}`)
    }
    if (!isJudged) continue
    const at = times[count % times.length] as number
    if (canonical(holding.evaluate(catalog, at)) !== verdicts.get(at)) {
      fail(told, `order ${String(count)} gives another verdict at ${String(at)}`)
    }
  }
  for (const at of times) expectWitnessed(told, bodies, whole.evaluate(catalog, at), at)
}

/** What came up to a cut is judged as if it had come in the order of the story. */
function expectSameCutShort(
  told: Told,
  parcels: readonly Parcel[],
  arrived: readonly Parcel[],
  holding: Holding,
  random: Random,
): void {
  const { catalog, times } = told
  const at = times[random.below(times.length)] as number
  const inStory = parcels.filter((parcel) => arrived.includes(parcel))
  const same = new Holding(inStory)
  const customers = holding.evaluate(catalog, at)
  if (!holding.equals(same) || canonical(customers) !== canonical(same.evaluate(catalog, at))) {
    fail(told, `what is held at ${String(at)} depends on the order of ${idsOf(bodiesOf(arrived))}`)
  }
  expectWitnessed(told, bodiesOf(inStory), customers, at)
}

function expectWitnessed(
  told: Told,
  subset: readonly Body[],
  customers: Evaluation['customers'],
  at: number,
): void {
  for (const [customer, { features }] of Object.entries(customers)) {
    for (const [feature, { allowed, reasons }] of Object.entries(features)) {
      if (!allowed || mayBeAllowed(told.story, subset, { customer, feature, at })) continue
      const why = reasons.map(({ code, message }) => `${code}: ${message}`).join(' ')
      fail(told, `${customer} has ${feature} at ${String(at)} of ${idsOf(subset)}: ${why}`)
    }
  }
}

/** Another telling of the same history gives the same access at every checkpoint. */
function expectSameAccess(
  told: Told,
  how: string,
  tell: (random: Random) => readonly Variant[],
): void {
  const { story, catalog, times, bodies, title } = told
  for (let count = 0; count < VARIANTS; count++) {
    const random = seeded(`${title} ${how} ${String(count)}`)
    const variants = tell(random).map(({ body, at }) => ({ at, parcel: parcelOf(body) }))
    for (const at of times) {
      const pure = bodies.filter((body) => bodyAt(body) <= at).map(parcelOf)
      const other = variants.filter((variant) => variant.at <= at).map(({ parcel }) => parcel)
      const expected = new Holding(pure).evaluate(catalog, at)
      const found = new Holding(random.shuffled(other)).evaluate(catalog, at)
      for (const customer of new Set(story.checkpoints.map((checkpoint) => checkpoint.customer))) {
        const isUnsure = how !== 'doubled' && isAmbiguous(found, customer)
        const compared = isUnsure ? allowedOf : accessOf
        expect(
          compared(found, customer),
          `${customer} at ${String(at)}, ${how} ${String(count)}; ${replay(title)}`,
        ).toEqual(compared(expected, customer))
      }
    }
  }
}

const NOTHING: FeatureAccess = {
  allowed: false,
  state: 'none',
  value: null,
  until: null,
  reasons: [],
}

/** The fields of an access that the story has a word on. */
function only(found: FeatureAccess, expected: Expected): Expected {
  const names = Object.keys(expected) as (keyof Expected)[]
  return Object.fromEntries(names.map((name) => [name, found[name]])) as unknown as Expected
}

/**
 * An older version says nothing of the periods of single items, so a chain of changes in one second
 * may not close across versions. Then the decision says so and asks Stripe.
 */
function isAmbiguous(customers: Evaluation['customers'], customer: string): boolean {
  return (customers[customer]?.needs ?? []).some(({ reason }) => reason.startsWith('two states'))
}

function allowedOf(customers: Evaluation['customers'], customer: string) {
  return accessOf(customers, customer).map(({ feature, allowed }) => ({ feature, allowed }))
}

function accessOf(customers: Evaluation['customers'], customer: string) {
  return Object.entries(customers[customer]?.features ?? {}).map(
    ([feature, { allowed, state, value, until }]) => ({ feature, allowed, state, value, until }),
  )
}

function compiled({ catalog, name }: Story): Catalog {
  const result = compileCatalog(catalog)
  if (result.ok) return result.catalog
  throw new Error(`${name}: ${result.problems.map(({ path }) => path).join(', ')}`)
}

function bodiesOf(parcels: readonly Parcel[]): Body[] {
  return parcels.map(({ body }) => body)
}

function idsOf(bodies: readonly Body[]): string {
  return bodies.map((body) => `${body.type} ${body.id}`).join(', ')
}

function replay(title: string): string {
  return replayLine('test/scenarios/stories.test.ts', title)
}

function fail({ title }: Told, message: string): never {
  throw new Error(`${message}\n${replay(title)}`)
}
