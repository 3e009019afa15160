import pg from 'pg'
import type { Contender, ContenderDatabase } from '../contenders/contender.ts'
import { prepareHttp } from '../load/http-load.ts'
import type { Driven } from '../load/drive.ts'
import type { BenchServer } from '../server.ts'
import type { SubjectProcess } from '../subject/subject-process.ts'
import type { WorkloadSpec } from '../workload/bench-event.ts'
import { quantile } from './quantile.ts'

/** One contender under one load for a while. Times in milliseconds, CPU in microseconds. */
export interface Sample {
  events: number
  /** Acknowledged per second. */
  ackedPerSecond: number
  /** Acknowledged and worked off per second: what it can take for good. */
  donePerSecond: number
  p50: number
  p99: number
  nodeCpu: number
  /** null: the server's processes are not on this machine. */
  databaseCpu: number | null
  statements: number
  /** null: the server does not count them. */
  flushes: number | null
}

export interface PhaseOptions {
  server: BenchServer
  contender: Contender
  process: SubjectProcess
  database: ContenderDatabase
  senders: number
  seconds: number
  /** Events to make beforehand, per second. */
  expectedPerSecond: number
  /** The next events of a workload. */
  take: (count: number) => WorkloadSpec
}

const WARM_UP_SECONDS = 0.25

/** Opens the contender, warms it up, measures, and closes it again. */
export async function measurePhase(options: PhaseOptions): Promise<Sample> {
  const { server, contender, process, database, senders } = options
  await server.checkpoint()
  const flushesBefore = await server.readFlushes(database.url)
  const where = await process.ask('open', { contender: contender.name, database })

  /** Everything that can be done before the clock runs; the answer sends. */
  async function prepare(seconds: number): Promise<() => Promise<Driven>> {
    const spec = options.take(0)
    const expected = Math.ceil(seconds * options.expectedPerSecond)
    const { port, path } = where
    if (port !== null) return prepareHttp({ port, path, spec, senders, seconds, expected })
    await process.ask('supply', { spec, expected })
    return () => process.ask('drive', { senders, seconds })
  }
  async function run(send: () => Promise<Driven>): Promise<Driven> {
    const driven = await send()
    options.take(driven.latencies.length)
    if (contender.settles) await untilSettled(database.url)
    return driven
  }
  const read = async () => ({
    ...(await process.ask('reading', null)),
    database: await server.readCpu(),
  })

  const warmUp = await run(await prepare(WARM_UP_SECONDS))
  const send = await prepare(options.seconds)
  const before = await read()
  const began = performance.now()
  const driven = await run(send)
  const doneSeconds = contender.settles ? (performance.now() - began) / 1000 : driven.seconds
  const after = await read()
  await process.ask('close', null)
  const flushesAfter = await server.readFlushes(database.url)

  const events = driven.latencies.length
  return {
    events,
    ackedPerSecond: events / driven.seconds,
    donePerSecond: events / doneSeconds,
    p50: quantile(driven.latencies, 0.5),
    p99: quantile(driven.latencies, 0.99),
    nodeCpu: (after.cpuMicros - before.cpuMicros) / events,
    databaseCpu: perEvent(after.database, before.database, events),
    statements: (after.statements - before.statements) / events,
    flushes: perEvent(flushesAfter, flushesBefore, events + warmUp.latencies.length),
  }
}

function perEvent(after: number | null, before: number | null, events: number): number | null {
  return after === null || before === null ? null : (after - before) / events
}

const LOOK_MS = 100

/** Resolves when no observation is pending. Looks seldom: each look costs the database something. */
async function untilSettled(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (;;) {
      const { rows } = await client.query<{ isPending: boolean }>(
        'select exists (select 1 from proviso.observations where is_pending) as "isPending"',
      )
      if (rows[0]?.isPending !== true) return
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  } finally {
    await client.end()
  }
}
