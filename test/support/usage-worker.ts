/** A process of its own that uses things up; run by `startUsageWorker`. */
import { createEngine } from '../../src/engine/create-engine.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { USAGE_CATALOG } from './usage-catalog.ts'
import type { WorkerAnswer, WorkerTask } from './usage-process.ts'

const say = (answer: WorkerAnswer): void => {
  process.send?.(answer)
}

async function work({ url, kind, customer, feature, ids, atOnce }: WorkerTask): Promise<void> {
  const database = openPostgres(url)
  const engine = await createEngine({ database, catalog: USAGE_CATALOG, livemode: false })
  const waiting = [...ids]
  let allowed = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        const event = { customer, feature, id }
        if (kind === 'track') {
          await engine.track(event)
          allowed += 1
        } else if ((await engine.consume(event)).allowed) allowed += 1
        say({ kind: 'answered', id })
      }
    }),
  )
  await engine.close()
  await database.close()
  say({ kind: 'done', allowed })
}

process.once('message', (task: WorkerTask) => {
  work(task).then(
    () => process.disconnect(),
    (error: unknown) => {
      say({ kind: 'failed', message: String(error) })
      process.exit(1)
    },
  )
})
