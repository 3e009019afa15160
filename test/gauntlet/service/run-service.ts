import { Random } from '../../../src/sandbox/random.ts'
import type { Database } from '../../../src/store/database.ts'
import { played } from '../../sandbox/decided/decided-stage.ts'
import type { Scenario } from '../../sandbox/scenarios/scenario.ts'
import { emptyDatabase } from '../../support/engine.ts'
import { arrivalOf } from '../core/arrival.ts'
import { mailOf } from '../core/mail.ts'
import { nameOf } from '../core/run-core.ts'
import { Tally } from '../core/tally.ts'
import type { Oracle } from '../oracle-contract.ts'
import { evidenceFor } from '../witness/index.ts'
import { checkBooks } from './check-books.ts'
import { judgeFinal } from './judge-final.ts'
import { openServiceRun, type ServiceGround } from './service-run.ts'
import type { Fault, ServiceResult } from './result.ts'

export interface ServiceOptions {
  readonly seed: string
  /** In how many orders each story arrives. */
  readonly orders: number
  readonly oracle: Oracle
  /** Migrated, and emptied before each order. */
  readonly database: Database
  /** Only the arrival of this number. */
  readonly only?: number
}

/** At most as many settle passes as this while a story arrives. */
const PASSES = 5

/** Plays a story, and lets its events come to the service on PostgreSQL in many ways. */
export async function runService(story: Scenario, options: ServiceOptions): Promise<ServiceResult> {
  const history = await played(story)
  try {
    const name = nameOf(story)
    const mail = await mailOf(history)
    const ground: ServiceGround = {
      name,
      seed: options.seed,
      history,
      mail,
      evidence: evidenceFor(history.books, history.catalog),
      dues: options.oracle.due(history.books, history.catalog, history.end),
      database: options.database,
    }
    const tally = new Tally()
    const faults: Fault[] = []
    const numbers = options.only === undefined ? [...Array(options.orders).keys()] : [options.only]
    let passes = 0
    for (const order of numbers) {
      passes += await runOrder(ground, order, tally, faults)
    }
    return {
      name,
      rows: story.rows,
      seed: options.seed,
      events: mail.events.length,
      orders: numbers.length,
      deliveries: tally.deliveries,
      passes,
      finals: tally.finals,
      wrongFinal: tally.wrongFinal.all,
      unsafe: tally.unsafe.all,
      undecided: tally.undecided.all,
      faults,
    }
  } finally {
    await history.close()
  }
}

/** One arrival, in parts, with the clock going on between them; answers how often was settled. */
async function runOrder(
  ground: ServiceGround,
  order: number,
  tally: Tally,
  faults: Fault[],
): Promise<number> {
  const { database, history, mail, seed, name } = ground
  const { parcels, kind } = arrivalOf(mail, `${seed} service ${name}`, order, false)
  const random = new Random(`${seed} service ${name} ${String(order)} passes`)
  const passes = Math.min(parcels.length, 2 + random.integer(PASSES - 1))
  await emptyDatabase(database)
  const run = await openServiceRun(ground, { order, kind, deliveries: parcels.length })
  try {
    for (let pass = 1; pass <= passes; pass += 1) {
      const from = Math.floor(((pass - 1) * parcels.length) / passes)
      const to = Math.floor((pass * parcels.length) / passes)
      const arriving = parcels.slice(from, to)
      // Nothing comes before it happened.
      const earliest = Math.min(history.end, Math.max(run.now, ...arriving.map(({ at }) => at)))
      await run.deliver(
        arriving.map(({ body }) => body),
        pass === passes ? history.end : earliest + random.integer(history.end - earliest + 1),
      )
      await run.witness(tally)
    }
    tally.deliveries += parcels.length
    await judgeFinal(ground, run, tally)
    faults.push(...(await checkBooks(run)))
  } finally {
    await run.close()
  }
  return passes
}
