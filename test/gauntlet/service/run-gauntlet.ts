import { peers } from '../../../bench/peers/contestants.ts'
import { nameOf } from '../core/run-core.ts'
import type { CoreResult } from '../core/result.ts'
import { runAll } from '../core/workers.ts'
import { proviso, provisoWithoutKey } from '../live/proviso.ts'
import type { GauntletOptions } from '../report/options.ts'
import type { Progress } from '../report/progress.ts'
import {
  count,
  type ContestantHead,
  type GauntletResults,
  type StoryContest,
  type StoryHead,
} from '../report/results.ts'
import { STORIES } from '../stories/index.ts'
import { runCrew } from './crew.ts'
import { runCaptured } from './run-captured.ts'
import type { Outcome, Task } from './task.ts'

/** Orders in which each captured sequence comes. */
const CAPTURED_ORDERS = 200
/** Deliveries of an order of a usual story, until it is known better. */
const USUAL_DELIVERIES = 40

export interface Gauntlet {
  readonly options: GauntletOptions
  readonly progress: Progress
  readonly serverUrl: string
  /** Told once, of what the run does without. */
  warn(message: string): void
}

/** All of it: the core, the service, the contest and the captured sequences. */
export async function runGauntlet(run: Gauntlet): Promise<GauntletResults> {
  const { seed, reduced } = run.options
  const stories = STORIES.map(headOf).filter(({ name }) => name.includes(run.options.stories))
  if (stories.length === 0) throw new Error(`No story has "${run.options.stories}" in its name.`)
  const contestants = await contestantsOf(run)
  const core = await runCores(run, stories)
  const { service, contests, failures } = await runTasks(run, stories, {
    core,
    withPeers: contestants.length > 2,
  })
  return {
    seed,
    day: new Date().toISOString().slice(0, 10),
    stories,
    contestants,
    core,
    service,
    contests,
    captured: runCaptured(seed, reduced ? CAPTURED_ORDERS / 10 : CAPTURED_ORDERS),
    failures,
  }
}

function headOf(story: (typeof STORIES)[number], index: number): StoryHead {
  return { number: index + 1, name: nameOf(story), title: story.title, rows: story.rows }
}

async function contestantsOf({ options, warn }: Gauntlet): Promise<ContestantHead[]> {
  const own = [proviso, provisoWithoutKey]
  const others = options.peers && !options.reduced ? await installedPeers(warn) : []
  return [...own, ...others].map(({ name, setUp }) => ({ name, setUp }))
}

async function installedPeers(warn: (message: string) => void) {
  try {
    return await peers()
  } catch (error) {
    warn(`${(error as Error).message} The run goes on without them.`)
    return []
  }
}

/** Plays until the deliveries asked for are reached: a second round with another seed makes them up. */
async function runCores(
  { options, progress }: Gauntlet,
  stories: readonly StoryHead[],
): Promise<CoreResult[]> {
  const places = stories.map(({ number }) => number - 1)
  const rounds: CoreResult[][] = []
  let left = options.coreDeliveries
  let perOrder = places.length * USUAL_DELIVERIES
  while (left > 0) {
    const orders = Math.ceil(left / perOrder)
    const step = progress.begin('core', places.length)
    const results = await runAll({
      stories: places,
      orders,
      seed: rounds.length === 0 ? options.seed : `${options.seed} ${String(rounds.length)}`,
      isExhaustive: rounds.length === 0 && !options.reduced,
      ...(options.workers === undefined ? {} : { workers: options.workers }),
      onStory: (result, done) => step.update(done, result.name),
    })
    rounds.push(results)
    const made = count(results.map(({ deliveries }) => deliveries))
    left -= made
    perOrder = Math.max(1, made / orders)
  }
  return rounds.flat()
}

async function runTasks(
  { options, progress, serverUrl }: Gauntlet,
  stories: readonly StoryHead[],
  { core, withPeers }: { readonly core: readonly CoreResult[]; readonly withPeers: boolean },
) {
  const orders = Math.ceil(options.serviceDeliveries / deliveriesPerOrder(core))
  const service =
    orders === 0
      ? []
      : stories.map(({ number }): Task => ({ kind: 'service', story: number - 1, orders }))
  const contest = stories
    .filter((_, index) => !options.reduced || index % REDUCED_EVERY === 0)
    .map(({ number }): Task => ({
      kind: 'contest',
      story: number - 1,
      lateOrders: options.lateOrders,
    }))
  const run = async (label: string, tasks: readonly Task[]) => {
    const step = progress.begin(label, tasks.length)
    return runCrew({
      briefing: { seed: options.seed, serverUrl, withPeers },
      tasks,
      ...(options.workers === undefined ? {} : { workers: options.workers }),
      onDone: ({ story }, done) => step.update(done, STORIES[story]?.title),
    })
  }
  const outcomes = [...(await run('service', service)), ...(await run('contest', contest))]
  return sorted(outcomes)
}

/** The service is given arrivals like the core's; a little less than their mean, to reach what was asked for. */
function deliveriesPerOrder(core: readonly CoreResult[]): number {
  const means = new Map(core.map(({ name, deliveries, orders }) => [name, deliveries / orders]))
  return Math.max(1, count([...means.values()]) * 0.95)
}

/** In a reduced run one story of so many is played before contestants. */
const REDUCED_EVERY = 12

function sorted(outcomes: readonly Outcome[]) {
  const contests: StoryContest[] = []
  const failures: string[] = []
  const service = outcomes.flatMap((outcome) => {
    if (outcome.kind === 'service') return [outcome.result]
    if (outcome.kind === 'failed') failures.push(outcome.error)
    else contests.push({ story: outcome.story + 1, ...outcome.result })
    return []
  })
  return { service, contests, failures }
}
