/**
 * A process of its own that opens the embedded server in the folder it is given, says so on one line
 * of standard output, and closes it at the end of standard input; with `--forget` it closes nothing.
 */
import { openEmbedded, startEmbedded } from '../../src/store/embedded.ts'

const dataDir = process.argv[2] ?? ''
try {
  const server = await startEmbedded({ dataDir })
  const database = await openEmbedded({ dataDir })
  // "if not exists" does not wait for another process that is just creating it: the lock does.
  const { rows } = await database.query<{ value: unknown }>(`
    select pg_advisory_xact_lock(1);
    create table if not exists marks (pid integer);
    insert into marks values (${process.pid});
    select array_agg(pid) as value from marks`)
  console.log(JSON.stringify({ isOwner: server.isOwner, url: server.url, marks: rows[0]?.value }))
  if (process.argv[3] !== '--forget') {
    process.stdin.resume()
    process.stdin.once('end', () => {
      void database
        .close()
        .then(() => server.stop())
        .then(() => process.exit(0))
    })
  }
} catch (error) {
  console.log(JSON.stringify({ code: (error as { code?: unknown }).code, message: String(error) }))
}
