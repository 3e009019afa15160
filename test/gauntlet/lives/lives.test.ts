/** `npm run lives` in small: random lives through the core, some of them through the whole service. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../../src/store/database.ts'
import { testDatabases } from '../../support/database.ts'
import { SEED } from '../../support/seeded.ts'
import { oracle } from '../oracle/index.ts'
import { judgeLife } from './judge-life.ts'
import { lookAtLife, type Judge } from './look-at-life.ts'
import { lifeOf, seedOf } from './random-life.ts'
import { serveLife } from './serve-life.ts'
import { writeScript } from './write-script.ts'

const LIVES = Number(process.env['PROVISO_LIVES'] ?? 60)
const SERVED = Math.ceil(LIVES / 10)
const LOOKS = 6

const seedsFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, life) => seedOf(SEED, first + life))

/** A life's answers are those that are due; a failure shows the whole life and how to play it again. */
async function expectDue(seed: number, judge: Judge, more = ''): Promise<void> {
  const life = lifeOf(seed)
  const look = await lookAtLife(life, judge)
  const wrong = look.mismatches.filter(({ isUndecided }) => isUndecided !== true)
  if (wrong.length === 0) return
  expect.fail(
    `${writeScript(life, { ...look, mismatches: wrong })}\n  replay: npm run lives -- --replay ${seed}${more}`,
  )
}

describe('a random life is decided as the ledger says', () => {
  test.each(seedsFrom(0, LIVES))('by the core, in any order (%i)', async (seed) => {
    await expectDue(seed, (told) => judgeLife(told, { oracle, seed: String(seed), looks: LOOKS }))
  })

  describe('by the service', () => {
    let database: Database
    beforeAll(async () => {
      const postgres = testDatabases.find(({ name }) => name === 'postgres')
      database = await (postgres ?? expect.fail('no PostgreSQL')).open()
    })
    afterAll(() => database.close())

    test.each(seedsFrom(LIVES, SERVED))(
      'in passes, in any order, with clean books after (%i)',
      async (seed) => {
        await expectDue(
          seed,
          (told) => serveLife(told, { oracle, seed: String(seed), database }),
          ' --service',
        )
      },
    )
  })
})
