import { type Catalog, compileCatalog } from '../../../src/core/compile-catalog.ts'
import { played, type Played } from '../../sandbox/decided/decided-stage.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import type { Oracle } from '../oracle-contract.ts'
import { evidenceFor } from '../witness/index.ts'
import { arrivalOf, ordersOf } from './arrival.ts'
import { Cabinet, Desk } from './desk.ts'
import { mailOf, type Mail } from './mail.ts'
import { deliver } from './deliver.ts'
import { finish } from './finish.ts'
import type { Ground } from './ground.ts'
import type { CoreResult } from './result.ts'
import { Tally } from './tally.ts'
import { asItHappened, NO_TIMELINE } from './timeline.ts'
import { asDues, needsOf } from './verdict.ts'

export interface CoreOptions {
  /** Arrivals sampled where not every order is tried. */
  readonly orders: number
  readonly seed: string
  /** Tries every order of at most seven events that tell something; false: samples there too. */
  readonly isExhaustive?: boolean
  /** What everyone should have; null: what the events in their own order give. */
  readonly oracle: Oracle | null
  /** Only the arrival of this number. */
  readonly only?: number
}

export function nameOf({ rows, title }: Scenario): string {
  return rows.length === 0 ? title : `${rows.join(', ')}: ${title}`
}

/** Plays a story, and lets its events come to the core in many ways. */
export async function runCore(story: Scenario, options: CoreOptions): Promise<CoreResult> {
  const history = await played(story)
  try {
    return await runPlayed(nameOf(story), story.rows, history, options)
  } finally {
    await history.close()
  }
}

/** The same for a story that has been played already. */
export async function runPlayed(
  name: string,
  rows: readonly number[],
  history: Played,
  options: CoreOptions,
): Promise<CoreResult> {
  const began = performance.now()
  const mail = await mailOf(history)
  const catalog = compiled(history)
  const cabinet = new Cabinet()
  const canonical = inTheirOrder(mail, new Desk(cabinet, catalog, false)).decisions(history.end)
  const dues = options.oracle?.due(history.books, history.catalog, history.end) ?? asDues(canonical)
  const ground: Ground = {
    name,
    seed: options.seed,
    history,
    mail,
    evidence: evidenceFor(history.books, history.catalog),
    dues,
    features: [...catalog.features.keys()],
    desk: ({ isCompacting = false, isShared = true } = {}) =>
      new Desk(isShared ? cabinet : null, catalog, isCompacting),
    answers: new Map(),
  }
  const total = options.isExhaustive === true ? ordersOf(mail) : Infinity
  const tally = new Tally()
  let orders = 0
  for (const order of numbers(options, total)) {
    const arrival = arrivalOf(mail, `${options.seed} ${name}`, order, total < Infinity)
    const desk = deliver(ground, arrival, order, tally)
    await finish(ground, arrival, order, desk, tally)
    orders += 1
  }
  const timeline =
    options.oracle === null || options.only !== undefined
      ? NO_TIMELINE
      : asItHappened(ground, options.oracle)
  return {
    name,
    rows,
    seed: options.seed,
    events: mail.events.length,
    telling: mail.telling.length,
    orders,
    isExhaustive: total < Infinity,
    deliveries: tally.deliveries,
    evaluations: tally.evaluations,
    finals: tally.finals,
    wrongFinal: tally.wrongFinal.all,
    unsafe: tally.unsafe.all,
    undecided: tally.undecided.all,
    needs: [...canonical.values()].flatMap(needsOf),
    ...timeline,
    milliseconds: performance.now() - began,
  }
}

function numbers({ only, orders }: CoreOptions, total: number): Iterable<number> {
  if (only !== undefined) return [only]
  return Array.from({ length: total < Infinity ? total : orders }, (_, order) => order)
}

function compiled({ catalog }: Played): Catalog {
  const result = compileCatalog(catalog)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.catalog
}

function inTheirOrder(mail: Mail, desk: Desk): Desk {
  for (const event of mail.events) desk.take(mail.parcel(event, 0))
  return desk
}
