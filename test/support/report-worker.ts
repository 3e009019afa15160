/** A service of its own that records and reports usage; run by `startReportWorker`. */
import { createEngine } from '../../src/engine/create-engine.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { openStripeClient } from '../../src/stripe/client.ts'
import type { ReportTask, ReportWorkerAnswer } from './report-process.ts'

const say = (answer: ReportWorkerAnswer): void => {
  process.send?.(answer)
}

async function work(task: ReportTask): Promise<void> {
  const database = openPostgres(task.url)
  const engine = await createEngine({
    database,
    catalog: task.catalog,
    stripe: await openStripeClient(task.stripe),
    livemode: false,
    now: () => task.now,
    outageAfterSeconds: Number.MAX_SAFE_INTEGER,
    gatherSeconds: 0,
  })
  // Reports go out while usage comes in.
  await engine.start()
  const waiting = [...task.uses]
  await Promise.all(
    Array.from({ length: task.atOnce }, async () => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        const { isNew } = await engine.track({ ...one, feature: task.feature })
        say({ kind: 'answered', id: one.id, isNew })
      }
    }),
  )
  await engine.close()
  await database.close()
  say({ kind: 'done' })
}

process.once('message', (task: ReportTask) => {
  work(task).then(
    () => process.disconnect(),
    (error: unknown) => {
      say({ kind: 'failed', message: String(error) })
      process.exit(1)
    },
  )
})
