/**
 * What the sandbox's scenarios tell, through a real database: shuffled, repeated, in old and new
 * shapes mixed, over several settle passes, with the clock moving on between. The verdicts stored at
 * the end are those of the core over the same set, and `verify` finds nothing.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { compileCatalog } from '../../src/core/compile-catalog.ts'
import type { Database } from '../../src/store/database.ts'
import { arrival, CURRENT, OLD, played } from '../sandbox/decided/decided-stage.ts'
import { ALL_SCENARIOS } from '../sandbox/scenarios/all.ts'
import { testDatabases } from '../support/database.ts'
import { bare, emptyDatabase, openEngine, storedVerdicts } from '../support/engine.ts'
import { Holding, parcelOf } from '../support/holding.ts'
import { SEED, seeded } from '../support/seeded.ts'
import { toObservation } from '../support/stripe/index.ts'

const PASSES = 3

let database: Database
beforeAll(async () => {
  const postgres = testDatabases.find(({ name }) => name === 'postgres')
  database = await (postgres ?? expect.fail('no PostgreSQL')).open()
})
beforeEach(() => emptyDatabase(database))
afterAll(() => database.close())

test.each(ALL_SCENARIOS)('$rows: $title', async (scenario) => {
  // Given what a scenario told
  const { catalog, end, bodies, close } = await played(scenario)
  const current = bodies(CURRENT)
  const deliveries = arrival(current, bodies(OLD), `${SEED} ${scenario.rows.join()}`)
  const start = Math.min(...current.map((body) => toObservation(body).created))
  const random = seeded(scenario.title)

  // When it arrives in any order, in parts
  const tested = await openEngine(database, { catalog, at: start })
  const size = Math.ceil(deliveries.length / PASSES)
  for (let pass = 0; pass < PASSES; pass += 1) {
    const isLast = pass === PASSES - 1
    tested.clock.at = isLast ? end : tested.clock.at + random.below(end - tested.clock.at + 1)
    await tested.post(deliveries.slice(pass * size, (pass + 1) * size))
    await tested.engine.tick({ budgetMs: 60_000 })
  }

  // Then everyone has what the set says, and what is stored follows from it
  const compiled = compileCatalog(catalog)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  const expected = new Holding(current.map(parcelOf)).evaluate(compiled.catalog, end)
  const stored = await storedVerdicts(database)
  for (const [customer, { features }] of Object.entries(expected)) {
    const access = stored.get(customer)?.access ?? {}
    for (const [feature, wanted] of Object.entries(features)) {
      const found = access[feature]
      expect(
        found === undefined ? { allowed: false } : bare(found),
        `${customer}/${feature} (PROVISO_SEED=${SEED})`,
      ).toMatchObject(found === undefined ? { allowed: wanted.allowed } : bare(wanted))
    }
  }
  expect((await tested.engine.verify()).differences).toEqual([])
  expect(tested.complaints).toEqual([])
  await tested.close()
  await close()
})
