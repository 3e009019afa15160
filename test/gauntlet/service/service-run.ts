import type { Database } from '../../../src/store/database.ts'
import type { Played } from '../../sandbox/decided/decided-stage.ts'
import { openEngine, type Complaint } from '../../support/engine.ts'
import type { Engine } from '../../../src/engine/engine.ts'
import type { Body } from '../../support/stripe/index.ts'
import type { Finding } from '../core/result.ts'
import type { Mail } from '../core/mail.ts'
import type { Tally } from '../core/tally.ts'
import type { Dues } from '../oracle-contract.ts'
import type { Evidence } from '../witness/index.ts'
import { readAnswers, type ServiceAnswers } from './service-answers.ts'

/** What all arrivals of one story share. */
export interface ServiceGround {
  readonly name: string
  readonly seed: string
  readonly history: Played
  readonly mail: Mail
  readonly evidence: Evidence
  /** At the story's end. */
  readonly dues: Dues
  readonly database: Database
}

/** Which arrival it is. */
export interface OrderOf {
  readonly order: number
  readonly kind: string
  readonly deliveries: number
}

/** The service while one order of a story arrives. */
export interface ServiceRun {
  readonly engine: Engine
  readonly complaints: readonly Complaint[]
  /** The command that runs this order again. */
  readonly replay: string
  readonly order: number
  /** Unix seconds. */
  readonly now: number
  /** Makes them durable, moves the clock on, and settles. */
  deliver(bodies: readonly Body[], at: number): Promise<void>
  answers(): Promise<ServiceAnswers>
  /** Access that nothing of what has come vouches for is unsafe. */
  witness(tally: Tally): Promise<void>
  /** A finding of this moment. */
  finding(of: Pick<Finding, 'customer' | 'feature' | 'got' | 'expected' | 'needs'>): Finding
  close(): Promise<void>
}

export async function openServiceRun(
  ground: ServiceGround,
  { order, kind, deliveries }: OrderOf,
): Promise<ServiceRun> {
  const { database, evidence, history, mail, name, seed } = ground
  const tested = await openEngine(database, {
    catalog: history.catalog,
    at: mail.moments[0] ?? history.end,
  })
  const received: Body[] = []
  const seen = new Set<Body>()
  let count = 0
  const run: ServiceRun = {
    engine: tested.engine,
    complaints: tested.complaints,
    replay: replayOf(name, seed, order),
    order,
    get now() {
      return tested.clock.at
    },
    async deliver(bodies, at) {
      count += bodies.length
      for (const body of bodies) {
        if (!seen.has(body)) received.push(body)
        seen.add(body)
      }
      await tested.post(bodies)
      tested.clock.at = at
      await tested.engine.tick({ budgetMs: 60_000 })
    },
    answers: () => readAnswers(database, tested.clock.at),
    async witness(tally) {
      const answers = await run.answers()
      const at = tested.clock.at
      for (const customer of answers.customers) {
        for (const feature of Object.keys(history.catalog.features)) {
          const got = answers.of(customer, feature)
          if (!got.allowed || evidence.vouches(received, { customer, feature, at })) continue
          const expected = 'not allowed: nothing that has come vouches for it'
          tally.unsafe.add(
            order,
            run.finding({ customer, feature, got: got.text, expected, needs: [] }),
          )
        }
      }
    },
    finding: (of) => ({
      ...of,
      at: tested.clock.at,
      after: count,
      of: deliveries,
      kind,
      arrivals: 1,
      replay: run.replay,
    }),
    close: () => tested.close(),
  }
  return run
}

function replayOf(name: string, seed: string, order: number): string {
  const quoted = name.replaceAll("'", "'\\''")
  return `npx tsx test/gauntlet/service/replay.ts --seed '${seed}' --story '${quoted}' --order ${String(order)}`
}
