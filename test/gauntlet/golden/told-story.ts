import { choosePalette } from '../../../src/cli/palette.ts'
import { localTime } from '../../../src/cli/local-time.ts'
import { storyText } from '../../../src/cli/story-text.ts'
import { compileCatalog, type Catalog } from '../../../src/core/compile-catalog.ts'
import { decide } from '../../../src/core/decide.ts'
import type { Need } from '../../../src/core/decision.ts'
import { groupByRoot } from '../../../src/core/evaluate.ts'
import { explain, type Story } from '../../../src/core/explain.ts'
import type { AnySnapshot } from '../../../src/core/fact.ts'
import { buildFacts } from '../../../src/core/facts.ts'
import { findSources } from '../../../src/core/sources.ts'
import { reduce } from '../../../src/stripe/reduce.ts'
import { CURRENT, played, type Played } from '../../sandbox/decided/decided-stage.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import { toObservation, type Body } from '../../support/stripe/index.ts'
import { readAnswer } from '../core/read-answer.ts'
import { stableNames } from './stable-names.ts'

/** The story of a scenario's first customer at its end; null: nobody bought anything. */
export interface ToldStory {
  story: Story | null
  /** As the command prints it, in UTC. */
  text: string
}

export async function toldStory(scenario: Scenario): Promise<ToldStory> {
  const stage = await played(scenario)
  try {
    const catalog = compiled(stage)
    const snapshots = stage.bodies(CURRENT).flatMap(snapshotsOf)
    snapshots.push(...(await readSessions(stage, snapshots, catalog)))
    const customer = firstCustomer(snapshots, catalog, stage.end)
    if (customer === null) return { story: null, text: 'Nobody bought anything.\n' }
    const own = [...customer.snapshots, ...snapshots.filter(isShared)]
    const decision = decide({
      facts: buildFacts(own),
      customer: customer.id,
      catalog,
      now: stage.end,
    })
    const story = explain({ decision, snapshots: own, catalog })
    const paint = choosePalette({ isTerminal: false, noColour: true })
    const lines = storyText(story, { paint, time: localTime('UTC'), isWhole: false, width: null })
    return { story, text: `${stableNames(lines.join('\n'))}\n` }
  } finally {
    await stage.close()
  }
}

function compiled({ catalog }: Played): Catalog {
  const result = compileCatalog(catalog)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.catalog
}

function snapshotsOf(body: Body): readonly AnySnapshot[] {
  return reduce(toObservation(body)).snapshots
}

/** Line items are in no event: a service with a key reads them right after the sale. */
async function readSessions(
  { end, stage }: Played,
  snapshots: readonly AnySnapshot[],
  catalog: Catalog,
): Promise<AnySnapshot[]> {
  const facts = buildFacts(snapshots)
  const { sources } = findSources(facts, catalog, end)
  const needs = sources.flatMap((source) => source.needs)
  const found: AnySnapshot[] = []
  for (const need of needs.filter(({ type }: Need) => type === 'checkout_session')) {
    const session = facts.sessions.get(need.object)
    const [read] = snapshotsOf(await readAnswer(stage.api, need, session?.completedAt ?? end))
    const sold = snapshots.find(
      (one) => one.type === 'checkout_session' && one.object === need.object && one.after !== null,
    )
    if (read?.type !== 'checkout_session' || sold?.type !== 'checkout_session') continue
    // Only the lines are of the time of the sale: the sandbox answers as things stand at the end.
    const lineItems = read.after?.lineItems ?? null
    const after = sold.after === null ? null : { ...sold.after, lineItems }
    found.push({ ...read, at: read.at + 2, after })
  }
  return found
}

/** Told of in everybody's story: names of products, and time. */
function isShared({ type }: AnySnapshot): boolean {
  return type === 'product' || type === 'price' || type === 'test_clock'
}

/** Of those that access was decided for: the one heard of first. */
function firstCustomer(
  snapshots: readonly AnySnapshot[],
  catalog: Catalog,
  now: number,
): { id: string; snapshots: AnySnapshot[] } | null {
  const clocks = snapshots.filter(({ type }) => type === 'test_clock')
  const known = new Map<string, AnySnapshot[]>()
  for (const group of groupByRoot(snapshots.filter((one) => !isShared(one))).values()) {
    const { owners } = findSources(buildFacts([...group, ...clocks]), catalog, now)
    for (const owner of owners) known.set(owner, [...(known.get(owner) ?? []), ...group])
  }
  const [first] = known
  return first === undefined ? null : { id: first[0], snapshots: first[1] }
}
