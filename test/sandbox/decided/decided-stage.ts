import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import { renderEvent } from '../../../src/sandbox/delivery/render-event.ts'
import { Random } from '../../../src/sandbox/random.ts'
import { Books } from '../../gauntlet/books.ts'
import type { Body } from '../../support/stripe/index.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { Stage } from '../scenarios/stage.ts'

export const CURRENT = '2026-10-28.endive'
/** Before basil: most that a rule reads has another place in it. */
export const OLD = '2024-06-20'

/** What a scenario told, and when it ended. */
export interface Played {
  readonly catalog: CatalogDefinition
  readonly stage: Stage
  /** All that was ever on record. */
  readonly books: Books
  /** Unix seconds at which the scenario was over, on the latest of its clocks. */
  readonly end: number
  /** Its events in the order of emission, each as an endpoint of the version receives it. */
  bodies(version: string): Body[]
  close(): Promise<void>
}

export async function played(scenario: Scenario): Promise<Played> {
  const stage = await Stage.open(scenario)
  const books = Books.keep(stage.sandbox.world)
  await scenario.play(stage)
  const { world } = stage.sandbox
  const clocks = [...world.table('test_helpers.test_clock').values()]
  return {
    catalog: scenario.catalog?.(stage) ?? catalogOf(stage),
    stage,
    books,
    end: Math.max(stage.sandbox.now(), ...clocks.map((clock) => clock.frozen_time)),
    bodies: (version) =>
      [...world.events.values()].map(
        (event) => JSON.parse(JSON.stringify(renderEvent(world, event, version, 1))) as Body,
      ),
    close: () => stage.sandbox.close(),
  }
}

/** Everything sold in the stage's world gives one flag and as many seats as were bought. */
export function catalogOf({ sandbox: { world } }: Stage): CatalogDefinition {
  return {
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
  }
}

/** One way for it all to arrive: some in the older shape, a third of them twice, in any order. */
export function arrival<T>(current: readonly T[], old: readonly T[], seed: string): T[] {
  const random = new Random(seed)
  const mixed = current.map((body, at) => (random.next() < 0.5 ? body : (old[at] ?? body)))
  const left = [...mixed, ...mixed.filter(() => random.next() < 0.3)]
  return Array.from({ length: left.length }, () =>
    left.splice(random.integer(left.length), 1),
  ).flat()
}
