import pg from 'pg'
import { createEngine } from '../../src/engine/create-engine.ts'
import { openPostgres } from '../../src/store/postgres.ts'
import { openFloor } from './floor.ts'
import { USAGE_CATALOG, userOf } from './users.ts'

/** Something that is asked one thing again and again, of one customer after the other. */
export interface UsageSubject {
  /** @param id is new each time. */
  use(customer: string, id: string): Promise<void>
  close(): Promise<void>
}

export type Work = 'floor' | 'track' | 'consume' | 'check' | 'lookup'

export function openSubject(work: Work, url: string): Promise<UsageSubject> {
  if (work === 'floor') return openFloor(url)
  if (work === 'lookup') return openLookup(url)
  return openEngineSubject(work, url)
}

async function openEngineSubject(
  work: 'track' | 'consume' | 'check',
  url: string,
): Promise<UsageSubject> {
  const database = openPostgres(url)
  const engine = await createEngine({ database, catalog: USAGE_CATALOG, livemode: false })
  // As a service does it: what is tracked is counted beside, by the same process.
  await engine.start()
  const feature = 'calls'
  return {
    async use(customer, id) {
      if (work === 'track') return void (await engine.track({ customer, feature, id }))
      const { allowed } =
        work === 'consume'
          ? await engine.consume({ customer, feature, id })
          : await engine.check({ customer, feature })
      if (!allowed) throw new Error(`${work} of ${customer} was refused.`)
    },
    async close() {
      await engine.close()
      await database.close()
    },
  }
}

/** What an app that keeps a counter in a row of its own asks it. */
async function openLookup(url: string): Promise<UsageSubject> {
  const pool = new pg.Pool({ connectionString: url, max: 10 })
  await pool.query(
    `create table if not exists bare_counters (customer text primary key, used bigint not null)`,
  )
  await pool.query(
    `insert into bare_counters select 'user' || lpad(n::text, 7, '0'), 1
     from generate_series(0, 99999) as n on conflict do nothing`,
  )
  return {
    async use(customer) {
      const { rows } = await pool.query('select used from bare_counters where customer = $1', [
        customer,
      ])
      if (rows.length !== 1)
        throw new Error(`${customer} is not between ${userOf(0)} and the last.`)
    },
    close: () => pool.end(),
  }
}
