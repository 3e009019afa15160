/**
 * Stories through the real service on PostgreSQL: shuffled, repeated, told twice, in two shapes, over
 * several settle passes with the clock moving on between. `npm run gauntlet` gives it all of them.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../../src/store/database.ts'
import { testDatabases } from '../../support/database.ts'
import { oracle } from '../oracle/index.ts'
import { STORIES } from '../stories/index.ts'
import { runService } from './run-service.ts'
import { runCaptured } from './run-captured.ts'

const SEED = process.env['PROVISO_SEED'] ?? 'service'
/** One story of so many, each in one order. */
const EVERY = Number(process.env['PROVISO_EVERY'] ?? 6)

let database: Database
beforeAll(async () => {
  const postgres = testDatabases.find(({ name }) => name === 'postgres')
  database = await (postgres ?? expect.fail('no PostgreSQL')).open()
})
afterAll(() => database.close())

const stories = STORIES.filter((_, index) => index % EVERY === 0)

test.each(stories)('comes out as the oracle says: $title', async (story) => {
  const result = await runService(story, { seed: SEED, orders: 1, oracle, database })

  expect(result.wrongFinal).toEqual([])
  expect(result.unsafe).toEqual([])
  expect(result.faults).toEqual([])
  expect(result.finals).toBeGreaterThan(0)
})

test('published events end the same in any order, and nobody is served before money', () => {
  for (const sequence of runCaptured(SEED, 10) ?? []) {
    expect(sequence).toMatchObject({ isSameInAllOrders: true, unsafe: 0 })
  }
})
