import { describe, expect, test } from 'vitest'
import { compileCatalog, type Catalog } from '../../../src/core/compile-catalog.ts'
import { evaluate, type ScopedSnapshot } from '../../../src/core/evaluate.ts'
import { Random } from '../../../src/sandbox/random.ts'
import { renderEvent } from '../../../src/sandbox/delivery/render-event.ts'
import { reduce } from '../../../src/stripe/reduce.ts'
import { ALL_SCENARIOS } from '../scenarios/all.ts'
import { Stage } from '../scenarios/stage.ts'

/**
 * Each scenario's events, decided by the core: in every order tried, with events repeated, and with
 * payloads of versions before and after basil mixed, the verdict is the same.
 */
const ORDERS = Number(process.env['PROVISO_ORDERS'] ?? 12)
const SEED = process.env['PROVISO_SEED'] ?? 'decided'
const OLD = '2024-06-20'
const CURRENT = '2026-10-28.endive'
const SCOPE = { account: '', livemode: false }

type Delivery = readonly ScopedSnapshot[]

/** Everything sold in the stage's world gives one flag and as many seats as were bought. */
function catalogOf({ sandbox: { world } }: Stage): Catalog {
  const compiled = compileCatalog({
    features: { pro: { type: 'flag' }, seats: { type: 'quantity' } },
    products: {
      anything: {
        match: {
          products: [...world.table('product').values()].map(({ id }) => id),
          prices: [...world.table('price').values()].map(({ id }) => id),
        },
        grants: { pro: true, seats: 'quantity' },
      },
    },
  })
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  return compiled.catalog
}

function deliveriesOf({ sandbox: { world } }: Stage, version: string): Delivery[] {
  return [...world.events.values()].map((event) => {
    const body: unknown = JSON.parse(JSON.stringify(renderEvent(world, event, version, 1)))
    const { id, type, created } = event
    const { snapshots, problem } = reduce({ kind: 'event', id, type, created, body })
    expect(problem, `${type} in ${version}`).toBeNull()
    return snapshots.map((snapshot) => ({ scope: SCOPE, snapshot }))
  })
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  const left = [...values]
  return Array.from({ length: values.length }, () =>
    left.splice(random.integer(left.length), 1),
  ).flat()
}

describe('a scenario is decided the same', () => {
  test.each(ALL_SCENARIOS)('$rows: $title', async (scenario) => {
    const stage = await Stage.open(scenario)
    await scenario.play(stage)
    const catalog = catalogOf(stage)
    const clocks = [...stage.sandbox.world.table('test_helpers.test_clock').values()]
    const now = Math.max(stage.sandbox.now(), ...clocks.map((clock) => clock.frozen_time))
    const verdict = (deliveries: readonly Delivery[]) =>
      Object.entries(evaluate(deliveries.flat(), catalog, now).customers).map(
        ([customer, { features }]) => [
          customer,
          Object.entries(features).map(([feature, { allowed, state, value, until, reasons }]) => ({
            ...{ feature, allowed, state, value, until },
            codes: reasons.map(({ code }) => code),
          })),
        ],
      )

    const current = deliveriesOf(stage, CURRENT)
    const old = deliveriesOf(stage, OLD)
    const expected = verdict(current)
    expect(verdict(old), `every payload in ${OLD}`).toEqual(expected)
    for (let order = 0; order < ORDERS; order += 1) {
      const random = new Random(`${SEED} ${order}`)
      const mixed = current.map((delivery, at) =>
        random.next() < 0.5 ? delivery : (old[at] ?? delivery),
      )
      const repeated = mixed.filter(() => random.next() < 0.3)
      expect(
        verdict(shuffled([...mixed, ...repeated], random)),
        `replay: PROVISO_SEED=${SEED} PROVISO_ORDERS=${order + 1}`,
      ).toEqual(expected)
    }
    await stage.sandbox.close()
  })
})
