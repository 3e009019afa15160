import type { Module, JobRunner } from './module.ts'
import type { Includables } from './protocol/expand.ts'
import type { Route } from './protocol/route.ts'
import type { Reaction, SignalName } from './signals.ts'
import { World, type WorldOptions } from './world/world.ts'

export interface Assembled {
  readonly world: World
  readonly routes: readonly Route[]
  readonly includables: Includables
}

/**
 * Puts the resources together around one world.
 * @throws {Error} where two modules claim one job: a fault of ours, found at start.
 */
export function assemble(modules: readonly Module[], options: WorldOptions): Assembled {
  const jobs = new Map<string, JobRunner>()
  const reactions = new Map<SignalName, Reaction<SignalName>[]>()
  const includables: Record<string, Record<string, never>> = {}
  for (const module of modules) {
    for (const [name, run] of Object.entries(module.jobs ?? {})) {
      if (jobs.has(name)) throw new Error(`two modules run the job ${name}`)
      jobs.set(name, run)
    }
    for (const [name, react] of Object.entries(module.reactions ?? {})) {
      const list = reactions.get(name as SignalName) ?? []
      list.push(react as Reaction<SignalName>)
      reactions.set(name as SignalName, list)
    }
    for (const [object, fields] of Object.entries(module.includables ?? {})) {
      includables[object] = { ...includables[object], ...(fields as Record<string, never>) }
    }
  }
  const world = new World(options, {
    runJob: (at, job) => {
      const run = jobs.get(job.name)
      if (run === undefined) throw new Error(`no module runs the job ${job.name}`)
      run(at, job.id)
    },
    send: (at, name, signal) => {
      for (const react of reactions.get(name) ?? [])
        (react as (w: World, s: unknown) => void)(at, signal)
    },
  })
  return { world, routes: modules.flatMap((module) => module.routes ?? []), includables }
}
