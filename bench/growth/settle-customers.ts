import { CATALOG } from '../../test/support/stories/catalogs.ts'
import { isEvent, type Account } from '../../test/support/stripe/index.ts'
import { createEngine } from '../../src/engine/create-engine.ts'
import type { Database } from '../../src/store/database.ts'

/** Takes everything an account tells through the engine's own door, and settles it. */
export async function settleAccount(database: Database, account: Account): Promise<void> {
  const engine = await createEngine({ database, catalog: CATALOG, livemode: false })
  const events = account.bodies.filter(isEvent)
  await Promise.all(
    events.map((event) =>
      engine.ingest({
        account: '',
        livemode: false,
        id: event.id,
        type: event.type,
        created: event.created,
        body: Buffer.from(JSON.stringify(event)),
      }),
    ),
  )
  await engine.settled()
  await engine.close()
}
