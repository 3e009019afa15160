import pg from 'pg'
import type { Contender } from './contender.ts'
import { createRawTable, INSERT_ONE } from './raw-table.ts'

/** What a lone sender's acknowledgement is measured against: one row, one statement, one commit. */
export const loneInsert: Contender = {
  name: 'lone insert',
  job: 'one insert of id and bytes per event through a pool of ten; no signature, no HTTP',
  face: 'call',
  settles: false,
  keeps: 'raw_events',
  prepare: ({ url }) => createRawTable(url),
  async open({ url }) {
    const pool = new pg.Pool({ connectionString: url, max: 10 })
    return {
      port: null,
      path: '',
      async submit({ id, body }) {
        await pool.query(INSERT_ONE, [id, body])
      },
      close: () => pool.end(),
    }
  },
}
