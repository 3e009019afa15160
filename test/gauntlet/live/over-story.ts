import { catalogOf, type Played } from '../../sandbox/decided/decided-stage.ts'
import { renderEvent } from '../../../src/sandbox/delivery/render-event.ts'
import type { World } from '../../../src/sandbox/world/world.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Body } from '../../support/stripe/index.ts'
import { Books } from '../books.ts'
import { LiveStage } from './live-stage.ts'

/** A story that is over; its sandbox listens and shows how it ended. */
export interface OverStory extends Played {
  readonly stage: LiveStage
}

export async function overStory(scenario: Scenario): Promise<OverStory> {
  const stage = await LiveStage.listen(scenario, {
    nextStop: (end) => end,
    stopped: () => Promise.resolve(),
  })
  const { world } = stage.sandbox
  const books = Books.keep(world)
  await scenario.play(stage)
  return {
    catalog: scenario.catalog?.(stage) ?? catalogOf(stage),
    stage,
    books,
    end: latestTime(world),
    bodies: (version) =>
      [...world.events.values()].map(
        (event) => JSON.parse(JSON.stringify(renderEvent(world, event, version, 1))) as Body,
      ),
    close: () => stage.sandbox.close(),
  }
}

/** The sandbox's time, or that of a test clock which is ahead of it. Unix seconds. */
export function latestTime(world: World): number {
  const clocks = [...world.table('test_helpers.test_clock').values()]
  return Math.max(world.now(), ...clocks.map(({ frozen_time }) => frozen_time))
}
