import { randomBytes } from 'node:crypto'
import { drive } from '../load/drive.ts'
import { quantile } from '../measure/quantile.ts'
import type { BenchServer } from '../server.ts'
import type { Contestant } from './contest.ts'
import { openSubject } from './subject.ts'
import { userOf } from './users.ts'

/** Times in milliseconds, CPU in microseconds of one use. */
export interface TurnSample {
  perSecond: number
  p50: number
  p99: number
  nodeCpu: number
  /** null: the server's processes are not on this machine. */
  databaseCpu: number | null
  statements: number
}

interface TurnOptions {
  seconds: number
  /** Answers how many statements this process has sent so far. */
  statements: () => number
}

const WARM_UP_SECONDS = 0.25
/** Prime, so that its multiples visit every customer in an order that no cache expects. */
const STRIDE = 7_919

export async function measureTurn(
  server: BenchServer,
  url: string,
  { callers, touched, work }: Contestant,
  { seconds, statements }: TurnOptions,
): Promise<TurnSample> {
  await server.checkpoint()
  const subject = await openSubject(work, url)
  const tag = randomBytes(6).toString('hex')
  let count = 0
  const run = (duration: number) =>
    drive({
      senders: callers,
      seconds: duration,
      next: () => (count += 1),
      send: (number) => subject.use(userOf((number * STRIDE) % touched), `${tag}_${number}`),
    })
  const read = async () => ({
    database: await server.readCpu(),
    node: process.cpuUsage(),
    statements: statements(),
  })
  try {
    await run(WARM_UP_SECONDS)
    const before = await read()
    const { latencies, seconds: took } = await run(seconds)
    const after = await read()
    const uses = latencies.length
    const node = after.node.user + after.node.system - before.node.user - before.node.system
    return {
      perSecond: uses / took,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      nodeCpu: node / uses,
      databaseCpu:
        after.database === null || before.database === null
          ? null
          : (after.database - before.database) / uses,
      statements: (after.statements - before.statements) / uses,
    }
  } finally {
    await subject.close()
  }
}
