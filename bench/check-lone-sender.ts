import { contenderNamed } from './contenders/contenders.ts'
import type { ContenderDatabase } from './contenders/contender.ts'
import { drive } from './load/drive.ts'
import { supplyEvents } from './load/event-supply.ts'
import { median, quantile } from './measure/quantile.ts'
import type { BenchServer } from './server.ts'

/** A lone sender's p99 at our intake may be so many times a lone insert's. */
export const LIMIT = 2

/** Turns of each contender per round, so short that whatever disturbs the machine hits both. */
const TURNS = 20
const TURN_SECONDS = 0.1

export interface LoneSenderCheck {
  /** Milliseconds, one per round. */
  insert: number[]
  intake: number[]
  /** Median of the rounds' own ratios. */
  ratio: number
  isWithin: boolean
}

export const CHECK_ROUNDS = 5

/** Both in this process and in turn every tenth of a second: a ratio of tails needs equal weather. */
export async function checkLoneSender(
  server: BenchServer,
  seed: ContenderDatabase,
  start: number,
  onRound: (round: number) => void,
): Promise<LoneSenderCheck> {
  const database = { ...seed, url: await server.createDatabase('lone sender', seed.url) }
  const insert = await open('lone insert', database, start)
  const intake = await open('intake', database, start)
  const check: LoneSenderCheck = { insert: [], intake: [], ratio: NaN, isWithin: false }
  // Round 0 warms both up.
  for (let round = 0; round <= CHECK_ROUNDS; round += 1) {
    onRound(round)
    const taken = { insert: [] as number[], intake: [] as number[] }
    await server.checkpoint()
    for (let turn = 0; turn < TURNS; turn += 1) {
      taken.insert.push(...(await insert.send()))
      taken.intake.push(...(await intake.send()))
    }
    if (round === 0) continue
    check.insert.push(quantile(taken.insert, 0.99))
    check.intake.push(quantile(taken.intake, 0.99))
  }
  await insert.close()
  await intake.close()
  check.ratio = median(check.intake.map((p99, round) => p99 / (check.insert[round] ?? NaN)))
  check.isWithin = check.ratio <= LIMIT
  return check
}

async function open(name: string, database: ContenderDatabase, start: number) {
  const contender = contenderNamed(name)
  await contender.prepare(database)
  const subject = await contender.open(database)
  const spec = { name: 'update' as const, start, customers: database.customers, tag: 'c1', from: 0 }
  const supply = supplyEvents(spec, 2000, (event) => event)
  return {
    async send(): Promise<number[]> {
      const { latencies } = await drive({
        senders: 1,
        seconds: TURN_SECONDS,
        next: () => supply.next(),
        send: subject.submit,
      })
      return latencies
    },
    close: subject.close,
  }
}
