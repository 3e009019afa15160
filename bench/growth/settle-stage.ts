import { CATALOG } from '../../test/support/stories/catalogs.ts'
import { createEngine } from '../../src/engine/create-engine.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { openWorkload } from '../workload/workload.ts'
import type { WorkloadSpec } from '../workload/bench-event.ts'

/** An engine that takes events and settles them only when told to. */
export interface SettleStage {
  ingest(spec: WorkloadSpec, count: number): Promise<void>
  settle(): Promise<void>
  close(): Promise<void>
}

export async function openSettleStage(url: string): Promise<SettleStage> {
  const database = openPostgres(url)
  const engine = await createEngine({ database, catalog: CATALOG, livemode: false })
  return {
    async ingest(spec, count) {
      const eventAt = openWorkload(spec)
      const events = Array.from({ length: count }, (_, index) => eventAt(index))
      await Promise.all(
        events.map((event) => engine.ingest({ account: '', livemode: false, ...event })),
      )
    },
    settle: () => engine.settled(),
    async close() {
      await engine.close()
      await database.close()
    },
  }
}
