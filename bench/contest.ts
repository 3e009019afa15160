import pg from 'pg'
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
  /** Events per second it last took under a load, by the load's title. */
  pace: Record<string, number>
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
        entrant.pace[plan.title] = sample.ackedPerSecond
        samples[name] = [...(samples[name] ?? []), sample]
      }
    }
  }
  for (const entrant of entrants.values()) {
    await entrant.process.end()
    await assertKept(entrant)
  }
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
  return { name, process, database, sent: {}, pace: {} }
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
    // A third more than last time: making events is not on the clock, and neither is it free.
    expectedPerSecond: (entrant.pace[plan.title] ?? (plan.senders === 1 ? 500 : 3000)) * 1.3,
    take(count): WorkloadSpec {
      const from = (entrant.sent[plan.workload] ?? 0) + count
      entrant.sent[plan.workload] = from
      return { name: plan.workload, start, customers: seed.customers, tag: 'a1', from }
    },
  })
}

/** A figure of a contender that lost what it acknowledged would mean nothing. */
async function assertKept({ name, database, sent }: Entrant): Promise<void> {
  const { keeps } = contenderNamed(name)
  if (keeps === null) return
  const acknowledged = Object.values(sent).reduce((sum, count) => sum + count, 0)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    // Purchases that filled the database beforehand came the same way, and are not counted.
    const { rows } = await client.query<{ held: number }>(
      `select count(*)::int4 as held from ${keeps} where id ~ '^evt_[up]a1'`,
    )
    if (rows[0]?.held === acknowledged) return
    throw new Error(`${name} acknowledged ${acknowledged} events and holds ${rows[0]?.held ?? 0}.`)
  } finally {
    await client.end()
  }
}

/** Every round begins with another one, so that nobody always comes after the same neighbour. */
function turn(names: readonly string[], round: number): string[] {
  const first = (round - 1) % names.length
  return [...names.slice(first), ...names.slice(0, first)]
}
