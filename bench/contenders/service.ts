import { CATALOG } from '../../test/support/stories/catalogs.ts'
import { listen } from '../../src/http/server.ts'
import { WEBHOOK_PATH } from '../../src/http/webhook-path.ts'
import { createProviso } from '../../src/proviso.ts'
import { WEBHOOK_SECRET } from '../load/http-load.ts'
import { notCalled, type Subject } from './contender.ts'

/** Our service on a free port, as `proviso serve` runs it; without `settles` nothing works behind it. */
export async function openService(url: string, settles: boolean): Promise<Subject> {
  const proviso = createProviso({
    database: url,
    catalog: CATALOG,
    webhookSecrets: WEBHOOK_SECRET,
    allowUnauthenticated: true,
    livemode: false,
    migrate: false,
  })
  if (settles) await proviso.start()
  else await proviso.engine()
  const server = await listen({ app: proviso, host: '127.0.0.1', port: 0 })
  return {
    port: server.port,
    path: WEBHOOK_PATH,
    submit: notCalled,
    async close() {
      await server.close()
      await proviso.close()
    },
  }
}
