import { describe, expect, test } from 'vitest'
import { compileCatalog } from '../../../src/core/compile-catalog.ts'
import { evaluate, type ScopedSnapshot } from '../../../src/core/evaluate.ts'
import { reduce } from '../../../src/stripe/reduce.ts'
import { toObservation, type Body } from '../../support/stripe/index.ts'
import { ALL_SCENARIOS } from '../scenarios/all.ts'
import { arrival, CURRENT, OLD, played } from './decided-stage.ts'

/**
 * Each scenario's events, decided by the core: in every order tried, with events repeated, and with
 * payloads of versions before and after basil mixed, the verdict is the same.
 */
const ORDERS = Number(process.env['PROVISO_ORDERS'] ?? 12)
const SEED = process.env['PROVISO_SEED'] ?? 'decided'
const SCOPE = { account: '', livemode: false }

function reduced(body: Body): readonly ScopedSnapshot[] {
  const { snapshots, problem } = reduce(toObservation(body))
  expect(problem, body.type).toBeNull()
  return snapshots.map((snapshot) => ({ scope: SCOPE, snapshot }))
}

describe('a scenario is decided the same', () => {
  test.each(ALL_SCENARIOS)('$rows: $title', async (scenario) => {
    const { catalog, end, bodies, close } = await played(scenario)
    const compiled = compileCatalog(catalog)
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
    const verdict = (deliveries: readonly (readonly ScopedSnapshot[])[]) =>
      Object.entries(evaluate(deliveries.flat(), compiled.catalog, end).customers).map(
        ([customer, { features }]) => [
          customer,
          Object.entries(features).map(([feature, { allowed, state, value, until, reasons }]) => ({
            ...{ feature, allowed, state, value, until },
            codes: reasons.map(({ code }) => code),
          })),
        ],
      )

    const current = bodies(CURRENT).map(reduced)
    const old = bodies(OLD).map(reduced)
    const expected = verdict(current)
    expect(verdict(old), `every payload in ${OLD}`).toEqual(expected)
    for (let order = 0; order < ORDERS; order += 1) {
      expect(
        verdict(arrival(current, old, `${SEED} ${order}`)),
        `replay: PROVISO_SEED=${SEED} PROVISO_ORDERS=${order + 1}`,
      ).toEqual(expected)
    }
    await close()
  })
})
