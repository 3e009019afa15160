import { NO_CHAOS, type Chaos } from '../../../src/sandbox/delivery/chaos.ts'
import { SANDBOX_KEY } from '../../../src/sandbox/library/client.ts'
import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import { catalogOf } from '../../sandbox/decided/decided-stage.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import { Books } from '../books.ts'
import type { Oracle } from '../oracle-contract.ts'
import type { Databases } from '../service/databases.ts'
import type { Contestant } from './contestant.ts'
import { Entrant } from './entrant.ts'
import { judgedFeatures } from './judged-features.ts'
import { LiveStage, type Meanwhile } from './live-stage.ts'
import { latestTime } from './over-story.ts'
import { mismatchesAt, scoreOf, type Mismatch, type Score } from './score.ts'

export const LIVE_SECRET = 'whsec_gauntlet'

/** How badly the mail works: minutes late, a fifth twice, a tenth lost at first and sent again. */
export const LIVE_CHAOS: Chaos = {
  ...NO_CHAOS,
  reorder: 8,
  duplicate: 0.2,
  delay: 120,
  drop: 0.1,
  double: 0.1,
}

/** Seconds between looks while something is on its way. */
const STEP = 5
/** Seconds after the story in which open questions may still be asked. */
const AFTERWARDS = 1_200

export interface LiveRun {
  readonly scenario: Scenario
  readonly contestants: readonly Contestant[]
  readonly oracle: Oracle
  /** Each contestant gets one of its own. */
  readonly databases: Pick<Databases, 'createFor' | 'release'>
}

export interface LiveResult {
  readonly story: string
  readonly contestant: string
  /** Emitted in all, doubled Event objects included. */
  readonly events: number
  readonly reads: number
  readonly score: Score
  readonly wrongFinal: readonly Mismatch[]
}

/**
 * Plays one story while contestants take its deliveries as they happen. No result at all: the story is
 * about an order of the mail that another receiver would disturb. None of one contestant: it offers
 * nothing that the story sells.
 */
export async function runLive(run: LiveRun): Promise<LiveResult[]> {
  const rehearsal = await rehearsed(run.scenario)
  if (rehearsal === null) return []
  const entrants: Entrant[] = []
  const judgedBy: ReadonlySet<string>[] = []
  const urls: string[] = []
  const newDatabase = async (contestant: Contestant) => {
    const url = await run.databases.createFor(contestant)
    urls.push(url)
    return url
  }
  const stage = await LiveStage.listen(
    run.scenario,
    meanwhileOf(entrants, () => stage),
  )
  try {
    const { sandbox } = stage
    const { world } = sandbox
    const books = Books.keep(world)
    const now = () => latestTime(world)
    for (const contestant of run.contestants) {
      const features = judgedFeatures(contestant, rehearsal)
      if (features.size === 0) continue
      judgedBy.push(features)
      entrants.push(
        await Entrant.enter(
          contestant,
          {
            sandbox: stage.unpaced,
            catalog: rehearsal.catalog,
            databaseUrl: await newDatabase(contestant),
            secret: LIVE_SECRET,
            now,
          },
          { isWatched: true },
        ),
      )
    }
    world.onEvent((event) => {
      if (event.object === 'event') for (const entrant of entrants) entrant.owe(event.id)
    })
    sandbox.deliverTo(
      async (request) => {
        const { id } = (await request.clone().json()) as { id: string }
        for (const entrant of entrants) await entrant.take(id, request.clone())
        return new Response()
      },
      { secret: LIVE_SECRET, chaos: rehearsal.chaos },
    )
    await run.scenario.play(stage)
    rehearsal.assertSame(stage)
    await settleUp(stage, entrants)
    for (const entrant of entrants) entrant.assertSound()
    const judged = { books, catalog: rehearsal.catalog, oracle: run.oracle }
    const watched = entrants.map(({ timeline }, index) => ({
      timeline,
      features: judgedBy[index] ?? new Set<string>(),
    }))
    const scores = scoreOf(watched, judged, now())
    return entrants.map(({ name, reads, answers }, index) => ({
      story: run.scenario.title,
      contestant: name,
      events: world.events.size,
      reads,
      score: scores[index] as Score,
      wrongFinal: mismatchesAt(
        answers,
        { ...judged, features: watched[index]?.features ?? new Set() },
        now(),
      ),
    }))
  } finally {
    for (const entrant of entrants) await entrant.close()
    await stage.sandbox.close()
    for (const url of urls) await run.databases.release(url)
  }
}

interface Rehearsal {
  /** What the app sells is known before its first customer comes. */
  readonly catalog: CatalogDefinition
  /** How it ends, by its books. Unix seconds. */
  readonly books: Books
  readonly end: number
  readonly chaos: Chaos
  /** @throws where the story went another way than in the rehearsal. */
  assertSame(stage: LiveStage): void
}

/** The same story before nobody: its ids are those of the performance. */
async function rehearsed(scenario: Scenario): Promise<Rehearsal | null> {
  return (
    (await rehearsedWith(scenario, LIVE_CHAOS).catch(() => null)) ??
    // It counts events where a doubled one is one too many.
    (await rehearsedWith(scenario, { ...LIVE_CHAOS, double: 0 }).catch(() => null)) ??
    // It tells of the mail itself.
    (await rehearsedWith(scenario, NO_CHAOS).catch(() => null))
  )
}

async function rehearsedWith(scenario: Scenario, chaos: Chaos): Promise<Rehearsal> {
  const stage = await LiveStage.listen(
    scenario,
    meanwhileOf([], () => stage),
  )
  try {
    const accept = () => new Response()
    const books = Books.keep(stage.sandbox.world)
    stage.sandbox.deliverTo(accept, { secret: LIVE_SECRET, chaos })
    await scenario.play(stage)
    const ids = stage.sandbox.events().map(({ id }) => id)
    return {
      catalog: scenario.catalog?.(stage) ?? catalogOf(stage),
      books,
      end: latestTime(stage.sandbox.world),
      chaos,
      assertSame(played) {
        const differs = played.sandbox.events().findIndex(({ id }, at) => id !== ids[at])
        if (differs === -1) return
        throw new Error(`"${scenario.title}" went another way than rehearsed at event ${differs}.`)
      },
    }
  } finally {
    await stage.sandbox.close()
  }
}

function meanwhileOf(entrants: readonly Entrant[], stage: () => LiveStage): Meanwhile {
  return {
    nextStop(end) {
      const { sandbox } = stage()
      const { later } = sandbox.status().deliveries
      return Math.min(
        end,
        sandbox.world.clock.nextAt ?? Infinity,
        later > 0 ? sandbox.now() + STEP : Infinity,
        ...entrants.map(({ nextAt }) => nextAt),
      )
    },
    async stopped() {
      for (const entrant of entrants) await entrant.wake()
    },
  }
}

/** The story is over: what is still owed is delivered, and what is still asked is answered. */
async function settleUp(stage: LiveStage, entrants: readonly Entrant[]): Promise<void> {
  const { sandbox } = stage
  sandbox.chaos(NO_CHAOS)
  await stage.advance({ seconds: LIVE_CHAOS.delay })
  for (const id of new Set(entrants.flatMap(({ owed }) => [...owed]))) {
    await sandbox.fetch(
      new Request(`${sandbox.url}/v1/events/${id}/retry`, {
        method: 'POST',
        headers: { authorization: `Bearer ${SANDBOX_KEY}` },
      }),
    )
  }
  await stage.advance({ seconds: AFTERWARDS })
  for (const entrant of entrants) await entrant.look()
}
