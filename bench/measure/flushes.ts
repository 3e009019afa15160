import type pg from 'pg'

const FROM_IO = `select sum(fsyncs)::float8 as flushes from pg_stat_io where object = 'wal'`
const FROM_WAL = `select wal_sync::float8 as flushes from pg_stat_wal`

/**
 * Flushes of the log so far, where the server counts them (pg_stat_wal up to 17, pg_stat_io from 18).
 * Backends report when they end, so read it when the connections under measurement are closed.
 */
export async function readFlushes(client: pg.Client): Promise<number | null> {
  for (const text of [FROM_IO, FROM_WAL]) {
    const flushes = await client
      .query<{ flushes: number | null }>(text)
      .then(({ rows }) => rows[0]?.flushes ?? null)
      .catch(() => null)
    if (flushes !== null) return flushes
  }
  return null
}

/** Resolves when nobody but us is connected to a database any more. */
export async function untilDisconnected(client: pg.Client, database: string): Promise<void> {
  const deadline = performance.now() + 10_000
  for (;;) {
    const { rows } = await client.query<{ left: number }>(
      `select count(*)::int4 as left from pg_stat_activity
       where datname = $1 and backend_type = 'client backend'`,
      [database],
    )
    if (rows[0]?.left === 0) return
    if (performance.now() > deadline) throw new Error(`${database} still has connections.`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
