import { createIntake } from '../../src/engine/intake.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import type { Contender } from './contender.ts'

/** Our durable step by itself. */
export const intake: Contender = {
  name: 'intake',
  job: 'our group commit: body hash, duplicates found by event id and hash, every column; no signature, no HTTP',
  face: 'call',
  settles: false,
  keeps: 'proviso.observations',
  prepare: async () => undefined,
  async open({ url }) {
    const database = openPostgres(url)
    const { submit, close } = createIntake(database)
    return {
      port: null,
      path: '',
      async submit({ id, type, created, body }) {
        await submit({ account: '', livemode: false, id, type, created, body })
      },
      async close() {
        await close()
        await database.close()
      },
    }
  },
}
