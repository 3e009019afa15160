import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Fuzzed, type Step } from './fuzz/fuzzed.ts'

const DAY = 86_400
/** The same stories each time, unless told otherwise; `PROVISO_FUZZ_RUNS=500` plays more of them. */
const RUNS = Number(process.env['PROVISO_FUZZ_RUNS'] ?? 12)
const SEED = Number(process.env['PROVISO_FUZZ_SEED'] ?? 20_260_131)
/** Of a failure, as it prints it: plays that one alone. */
const PATH = process.env['PROVISO_FUZZ_PATH']

const step: fc.Arbitrary<Step> = fc.record({
  route: fc.nat(100_000),
  dice: fc.nat(2 ** 31 - 1),
  wait: fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(60, 3_600, DAY, 5 * DAY, 31 * DAY, 100 * DAY) },
  ),
})

it('no call on any route, in any order and with anything in it, breaks the sandbox or its shapes', async () => {
  let calls = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      const fuzzed = await Fuzzed.open()
      const before = fuzzed.calls
      for (const each of steps) await fuzzed.take(each)
      calls += fuzzed.calls - before
      // What is decoded from a form reaches nobody's prototype.
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    }),
    { numRuns: RUNS, seed: SEED, ...(PATH === undefined ? {} : { path: PATH }) },
  )
  if (RUNS > 100) console.log(`${calls} calls in ${RUNS} stories`)
}, 3_600_000)
