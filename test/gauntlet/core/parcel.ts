import type { AnySnapshot } from '../../../src/core/fact.ts'
import { routeOf, type Link } from '../../../src/core/route.ts'
import { reduce } from '../../../src/stripe/reduce.ts'
import { type Body, bodyAt, isEvent, toObservation } from '../../support/stripe/index.ts'

/** What one body says of one object. */
export interface Part {
  /** Counted over a story: equal numbers, equal snapshots. */
  readonly number: number
  /** `key type object`, as the engine files it. */
  readonly name: string
  readonly key: string
  readonly links: readonly Link[]
  readonly snapshot: AnySnapshot
}

/** A body on its way, opened once for all the orders in which it arrives. */
export interface Parcel {
  readonly body: Body
  /** Unix seconds at which it came about. */
  readonly at: number
  readonly parts: readonly Part[]
  /** The event it tells of, by its place in the story; a doubled Event object has that of its twin. */
  readonly event: number
}

/** Opens bodies, and numbers what is in them. */
export class Mailroom {
  #count = 0

  open(body: Body, event: number): Parcel {
    const { snapshots, problem } = reduce(toObservation(body))
    if (problem !== null) throw new Error(`${body.id} (${body.type}): ${problem.message}`)
    const parts = snapshots.map((snapshot) => {
      const { key, links } = routeOf(snapshot)
      this.#count += 1
      const name = `${key}\n${snapshot.type}\n${snapshot.object}`
      return { number: this.#count, name, key, links, snapshot }
    })
    return { body, at: bodyAt(body), parts, event }
  }

  /**
   * The same change told by another Event object: same object, same previous values, same request,
   * stamped in the same second or `later` (stripe-facts §3).
   */
  double({ body, event }: Parcel, later: number): Parcel {
    if (!isEvent(body)) throw new Error(`${body.id} is no event: only events are doubled`)
    const id = `${body.id}twin${String(later)}`
    return this.open({ ...body, id, created: body.created + later }, event)
  }
}
