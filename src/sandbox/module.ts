import type { Includables } from './protocol/expand.ts'
import type { Route } from './protocol/route.ts'
import type { Reactions } from './signals.ts'
import type { World } from './world/world.ts'

/** Work that a clock starts: `world.schedule(customer, { at, name, id })` runs the job of that name. */
export type JobRunner = (world: World, id: string) => void

/** One resource, or a family of them: what it answers, does by the clock, and listens to. */
export interface Module {
  readonly routes?: readonly Route[]
  readonly jobs?: Readonly<Record<string, JobRunner>>
  readonly reactions?: Reactions
  readonly includables?: Includables
}
