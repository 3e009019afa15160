/**
 * The stories through a real database. Orders of one story share it, each under names of its own, so
 * that a settle pass takes many of them in one batch. What is compared at the end is everything a
 * verdict says, evidence included, with what the core says of the same set without any database.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { compileCatalog } from '../../src/core/compile-catalog.ts'
import type { Decision } from '../../src/core/decision.ts'
import type { Database } from '../../src/store/database.ts'
import { testDatabases } from '../support/database.ts'
import { emptyDatabase, openEngine, storedVerdicts, type TestEngine } from '../support/engine.ts'
import { nameIn, planOrder, withoutNamespace, type EngineOrder } from '../support/engine-order.ts'
import { Holding, parcelOf } from '../support/holding.ts'
import { SEED, seeded, type Random } from '../support/seeded.ts'
import { stories, type Story } from '../support/stories/index.ts'
import { START } from '../support/stories/story.ts'
import type { Shape } from '../support/stripe/index.ts'

const PASSES = 5
const ORDERS = { postgres: 50, pglite: 2 }

describe.each(testDatabases)('stories on $name', ({ name, open }) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  })
  beforeEach(() => emptyDatabase(database))
  afterAll(() => database.close())

  test.each(stories.map((story) => ({ story, title: story.name })))('$title', ({ story }) => {
    const random = seeded(`${story.name} on ${name}`)
    const orders = Array.from({ length: ORDERS[name] }, (_, index) =>
      planOrder(story, { index, passes: PASSES, random }),
    )
    return play({ story, database, orders, random })
  })
})

interface Told {
  story: Story
  database: Database
  orders: readonly EngineOrder[]
  random: Random
}

async function play({ story, database, orders, random }: Told): Promise<void> {
  const end = Math.max(...story.checkpoints.map(({ at }) => at))
  const isAtOnce = ({ index }: EngineOrder) => index % 3 === 1
  const inPasses = orders.filter((order) => !isAtOnce(order))
  const tested = await openEngine(database, { catalog: story.catalog, at: START })
  await postInPasses(tested, end, inPasses, random)
  await postAtOnce(tested, orders.filter(isAtOnce))
  await expectVerdicts(tested, story, end, orders)
  expect((await tested.engine.verify()).differences).toEqual([])
  await tested.close()
  expect(tested.complaints).toEqual([])
}

/** A pass of every order, then a round of the engine; the clock moves on to the end in between. */
async function postInPasses(
  tested: TestEngine,
  end: number,
  orders: readonly EngineOrder[],
  random: Random,
): Promise<void> {
  for (let pass = 0; pass < PASSES; pass += 1) {
    const isLast = pass === PASSES - 1
    tested.clock.at = isLast ? end : tested.clock.at + random.below(end - tested.clock.at + 1)
    await tested.post(orders.flatMap(({ passes }) => passes[pass] ?? []))
    await tested.engine.tick({ budgetMs: 60_000 })
  }
}

/** Everyone at once, while the engine settles in the background whatever is there. */
async function postAtOnce(tested: TestEngine, orders: readonly EngineOrder[]): Promise<void> {
  await tested.engine.start()
  await Promise.all(
    orders.map(async ({ passes }) => {
      for (const bodies of passes) await tested.post(bodies)
    }),
  )
  await tested.engine.settled()
}

async function expectVerdicts(
  { database }: TestEngine,
  story: Story,
  end: number,
  orders: readonly EngineOrder[],
): Promise<void> {
  const expected = new Map(story.shapes.map((shape) => [shape, evaluateAll(story, shape, end)]))
  const stored = await storedVerdicts(database)
  for (const { index, shape, isDoubled, passes } of orders) {
    const where = `order ${index} (${shape}${isDoubled ? ', doubled' : ''}; PROVISO_SEED=${SEED}): ${passes
      .map((bodies) => bodies.map(({ id, type }) => `${type} ${id}`).join(', '))
      .join(' | ')}`
    for (const [customer, decision] of Object.entries(expected.get(shape) ?? {})) {
      const row = stored.get(nameIn(customer, index))
      const found = withoutNamespace(
        { features: row?.access, grants: row?.grants, needs: row?.needs, alerts: row?.alerts },
        index,
      )
      const { features, grants, needs, alerts } = decision
      expect(found, `${customer} in ${where}`).toEqual({ features, grants, needs, alerts })
    }
    for (const { at, customer, features } of story.checkpoints) {
      if (at !== end) continue
      const access = stored.get(nameIn(customer, index))?.access ?? {}
      for (const [feature, wanted] of Object.entries(features)) {
        const found = access[feature] ?? { allowed: false, state: 'none', value: null, until: null }
        expect(found, `${customer}/${feature} in ${where}`).toMatchObject(wanted)
      }
    }
  }
}

function evaluateAll(story: Story, shape: Shape, at: number): Record<string, Decision> {
  const compiled = compileCatalog(story.catalog)
  if (!compiled.ok) throw new Error(`The catalog of "${story.name}" has problems.`)
  return new Holding(story.build(shape).map(parcelOf)).evaluate(compiled.catalog, at)
}
