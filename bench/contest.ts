import { contenderNamed } from './contenders/contenders.ts'
import type { ContenderDatabase } from './contenders/contender.ts'
import { LOADS, type LoadPlan } from './load-plan.ts'
import { measurePhase, type Sample } from './measure/phase.ts'
import type { BenchOptions } from './options.ts'
import type { BenchProgress } from './progress.ts'
import type { BenchServer } from './server.ts'
import { startSubject, type SubjectProcess } from './subject/subject-process.ts'
import type { WorkloadSpec } from './workload/bench-event.ts'

/** Samples of one load: contender → one per round. */
export interface LoadResult {
  plan: LoadPlan
  samples: Record<string, Sample[]>
}

interface Entrant {
  name: string
  process: SubjectProcess
  database: ContenderDatabase
  /** Events of each workload sent so far. */
  sent: Record<string, number>
}

export interface ContestOptions {
  server: BenchServer
  options: BenchOptions
  progress: BenchProgress
  /** A migrated database with nothing in it. */
  bare: string
  /** One in which customers have bought, for those who decide about them. */
  seed: ContenderDatabase
  /** Unix seconds at which they did. */
  start: number
}

export function contestSteps(rounds: number): number {
  return rounds * LOADS.reduce((sum, { contenders }) => sum + contenders.length, 0)
}

/** Puts the contenders under each load in turn, round after round, so that a noisy minute hits all. */
export async function runContest(contest: ContestOptions): Promise<LoadResult[]> {
  const names = [...new Set(LOADS.flatMap(({ contenders }) => contenders))]
  const entrants = new Map<string, Entrant>()
  for (const name of names) entrants.set(name, await enter(name, contest))
  const results = LOADS.map((plan): LoadResult => ({ plan, samples: {} }))
  const { rounds, seconds } = contest.options
  for (let round = 1; round <= rounds; round += 1) {
    for (const { plan, samples } of results) {
      for (const name of turn(plan.contenders, round)) {
        contest.progress.step(
          `round ${round}/${rounds} · ${plan.workload} × ${plan.senders} · ${name}`,
        )
        const entrant = entrants.get(name) as Entrant
        const sample = await measure(contest, entrant, plan, seconds * plan.share)
        samples[name] = [...(samples[name] ?? []), sample]
      }
    }
  }
  for (const { process } of entrants.values()) await process.end()
  return results
}

async function enter(
  name: string,
  { server, bare, seed, options }: ContestOptions,
): Promise<Entrant> {
  const process = startSubject(options.profile)
  const url = await server.createDatabase(name, contenderNamed(name).settles ? seed.url : bare)
  const database = { url, customers: seed.customers }
  await process.ask('prepare', { contender: name, database })
  return { name, process, database, sent: {} }
}

function measure(
  { server, start, seed }: ContestOptions,
  entrant: Entrant,
  plan: LoadPlan,
  seconds: number,
): Promise<Sample> {
  return measurePhase({
    server,
    contender: contenderNamed(entrant.name),
    process: entrant.process,
    database: entrant.database,
    senders: plan.senders,
    seconds,
    expectedPerSecond: plan.senders === 1 ? 2000 : 8000,
    take(count): WorkloadSpec {
      const from = (entrant.sent[plan.workload] ?? 0) + count
      entrant.sent[plan.workload] = from
      return { name: plan.workload, start, customers: seed.customers, tag: 'a1', from }
    },
  })
}

/** Every round begins with another one, so that nobody always comes after the same neighbour. */
function turn(names: readonly string[], round: number): string[] {
  const first = (round - 1) % names.length
  return [...names.slice(first), ...names.slice(0, first)]
}
