import type { BenchServer } from '../server.ts'
import type { SubjectProcess } from '../subject/subject-process.ts'
import { BATCH, TOUCHED, type GrowthPoint } from './growth-point.ts'

/** Microseconds per event settled. */
export interface GrowthSample {
  elapsed: number
  nodeCpu: number
  databaseCpu: number | null
}

export interface GrowthSubject {
  point: GrowthPoint
  url: string
  start: number
  process: SubjectProcess
  /** Events sent so far. */
  sent: number
}

const BATCHES = 6

/** Settles some batches of one event per customer; only settling is on the clock. */
export async function measureGrowth(
  server: BenchServer,
  subject: GrowthSubject,
): Promise<GrowthSample> {
  const { point, process } = subject
  await server.checkpoint()
  await process.ask('openStage', { url: subject.url })
  const total = { elapsed: 0, nodeCpu: 0, databaseCpu: 0 as number | null }
  // The first batch finds out whose plans and pages are cold, and is not counted.
  for (let batch = 0; batch <= BATCHES; batch += 1) {
    const spec = {
      name: 'update' as const,
      start: subject.start,
      customers: TOUCHED,
      stride: Math.floor(point.customers / TOUCHED),
      renewals: point.renewals,
      tag: 'g1',
      from: subject.sent,
    }
    await process.ask('ingest', { spec, count: BATCH })
    subject.sent += BATCH
    const before = await process.ask('reading', null)
    const databaseBefore = await server.readCpu()
    const began = performance.now()
    await process.ask('settle', null)
    const elapsed = (performance.now() - began) * 1000
    const databaseAfter = await server.readCpu()
    const after = await process.ask('reading', null)
    if (batch === 0) continue
    total.elapsed += elapsed
    total.nodeCpu += after.cpuMicros - before.cpuMicros
    total.databaseCpu =
      databaseAfter === null || databaseBefore === null || total.databaseCpu === null
        ? null
        : total.databaseCpu + databaseAfter - databaseBefore
  }
  await process.ask('closeStage', null)
  const events = BATCHES * BATCH
  return {
    elapsed: total.elapsed / events,
    nodeCpu: total.nodeCpu / events,
    databaseCpu: total.databaseCpu === null ? null : total.databaseCpu / events,
  }
}
