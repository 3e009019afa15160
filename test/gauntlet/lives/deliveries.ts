import type { ScopedSnapshot } from '../../../src/core/evaluate.ts'
import { renderEvent } from '../../../src/sandbox/delivery/render-event.ts'
import type { Random } from '../../../src/sandbox/random.ts'
import type { SnapshotEvent } from '../../../src/sandbox/world/event.ts'
import { reduce } from '../../../src/stripe/reduce.ts'
import { CURRENT, OLD } from '../../sandbox/decided/decided-stage.ts'
import { toObservation, type Body } from '../../support/stripe/index.ts'
import type { Told } from './play-life.ts'

/** One body on its way, and what it says. */
export interface Delivery {
  readonly body: Body
  /** Unix seconds: before then it cannot arrive. */
  readonly created: number
  readonly snapshots: readonly ScopedSnapshot[]
}

/** How a life's events arrive, beside the order: the shares of all. */
const CHAOS = {
  /** In a shape from before basil. */
  old: 0.5,
  /** A second time, by retry or backfill, in either shape. */
  twice: 0.3,
  /** As two Event objects of one change (stripe-facts §3). */
  doubled: 0.04,
} as const

const SCOPE = { account: '', livemode: false }

/** Everything that is ever delivered of a life, in the order of emission. */
export function deliveriesOf({ sandbox }: Told, random: Random): Delivery[] {
  return sandbox.events().flatMap((event) => {
    const anyVersion = () => (random.next() < CHAOS.old ? OLD : CURRENT)
    const made = [deliver(render(sandbox.world, event, anyVersion()))]
    if (random.next() < CHAOS.twice) made.push(deliver(render(sandbox.world, event, anyVersion())))
    if (random.next() < CHAOS.doubled) {
      const double = render(sandbox.world, event, anyVersion())
      made.push(deliver({ ...double, id: `${event.id}double` } as Body))
    }
    return made
  })
}

/** Each event once, as an endpoint of today's version receives it. */
export function plainDeliveriesOf({ sandbox }: Told): Delivery[] {
  return sandbox.events().map((event) => deliver(render(sandbox.world, event, CURRENT)))
}

function render(world: Told['sandbox']['world'], event: SnapshotEvent, version: string): Body {
  return JSON.parse(JSON.stringify(renderEvent(world, event, version, 1))) as Body
}

export function deliver(body: Body): Delivery {
  const observation = toObservation(body)
  const { snapshots, problem } = reduce(observation)
  if (problem !== null) throw new Error(`${observation.id} (${body.type}): ${problem.message}`)
  return {
    body,
    created: observation.created,
    snapshots: snapshots.map((snapshot) => ({ scope: SCOPE, snapshot })),
  }
}

export function shuffled<T>(values: readonly T[], random: Random): T[] {
  const order = [...values]
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = random.integer(last + 1)
    ;[order[last], order[other]] = [order[other] as T, order[last] as T]
  }
  return order
}
