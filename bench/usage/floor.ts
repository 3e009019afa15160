import pg from 'pg'
import type { UsageSubject } from './subject.ts'

/** As many as our engine takes into one transaction, and as many transactions at once. */
const MAX_ROWS = 500
const LANES = 2

interface Waiting {
  id: string
  customer: string
  resolve(): void
  reject(error: unknown): void
}

/**
 * What no durable record of usage can beat: rows that gathered while the last statement ran, in the
 * next one. It counts nothing, limits nothing, and fails at the first id it is told twice.
 */
export async function openFloor(url: string): Promise<UsageSubject> {
  const clients = await Promise.all(
    Array.from({ length: LANES }, async () => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      return client
    }),
  )
  await clients[0]?.query(`
    create table if not exists bare_usage (
      id text primary key, customer text not null, feature text not null,
      quantity bigint not null, at bigint not null)`)
  const lanes = clients.map(lane)
  let count = 0
  return {
    use: (customer, id) => lanes[count++ % LANES]?.(customer, id) ?? Promise.resolve(),
    async close() {
      await Promise.all(clients.map((client) => client.end()))
    },
  }
}

function lane(client: pg.Client): (customer: string, id: string) => Promise<void> {
  let queue: Waiting[] = []
  let isBusy = false

  async function drain(): Promise<void> {
    isBusy = true
    await new Promise((resolve) => setImmediate(resolve))
    while (queue.length > 0) {
      const batch = queue.slice(0, MAX_ROWS)
      queue = queue.slice(MAX_ROWS)
      await insert(batch)
    }
    isBusy = false
  }

  async function insert(batch: readonly Waiting[]): Promise<void> {
    try {
      await client.query(
        `insert into bare_usage (id, customer, feature, quantity, at)
         select id, customer, 'calls', 1, extract(epoch from now())::int8
         from unnest($1::text[], $2::text[]) as r (id, customer)`,
        [batch.map(({ id }) => id), batch.map(({ customer }) => customer)],
      )
      for (const one of batch) one.resolve()
    } catch (error) {
      for (const one of batch) one.reject(error)
    }
  }

  return (customer, id) =>
    new Promise((resolve, reject) => {
      queue.push({ id, customer, resolve, reject })
      if (!isBusy) void drain()
    })
}
