import pg from 'pg'
import type { BenchEvent } from '../workload/bench-event.ts'
import type { Contender } from './contender.ts'
import { createRawTable } from './raw-table.ts'

const MAX_ROWS = 500

interface Waiting {
  event: BenchEvent
  resolve(): void
  reject(error: unknown): void
}

/** What no durable intake can beat: rows that gathered while the last statement ran, in the next one. */
export const floor: Contender = {
  name: 'floor',
  job: 'batched insert of id and bytes into a bare table; no signature, no HTTP, no second look for duplicates',
  face: 'call',
  settles: false,
  keeps: 'raw_events',
  prepare: ({ url }) => createRawTable(url),
  async open({ url }) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
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

    async function insert(batch: Waiting[]): Promise<void> {
      const rows = batch.map((_, index) => `($${index * 2 + 1}::text, $${index * 2 + 2}::bytea)`)
      try {
        await client.query(
          `insert into raw_events (id, body) values ${rows.join(', ')}`,
          batch.flatMap(({ event }) => [event.id, event.body]),
        )
        for (const one of batch) one.resolve()
      } catch (error) {
        for (const one of batch) one.reject(error)
      }
    }

    return {
      port: null,
      path: '',
      submit: (event) =>
        new Promise((resolve, reject) => {
          queue.push({ event, resolve, reject })
          if (!isBusy) void drain()
        }),
      close: () => client.end(),
    }
  },
}
