import { readdir, readFile } from 'node:fs/promises'
import type pg from 'pg'

/** Linux counts CPU time in hundredths of a second (USER_HZ), whatever its own tick is. */
const MICROS_PER_TICK = 10_000

/** Answers the CPU time all processes of the server have used so far, microseconds; null: unknown. */
export type ReadDatabaseCpu = () => Promise<number | null>

/** Knows the server's processes where it runs on this machine: the children of our backend's parent. */
export async function openDatabaseCpu(client: pg.Client): Promise<ReadDatabaseCpu> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  const backend = await readStat(rows[0]?.pid ?? 0)
  const postmaster = backend === null ? null : await readStat(backend.parent)
  // On another machine, or in another container, the number belongs to nobody or to something else.
  if (backend === null || postmaster === null || !isPostgres(backend, postmaster)) {
    return async () => null
  }
  return () => cpuOfTree(backend.parent)
}

async function cpuOfTree(postmaster: number): Promise<number> {
  let ticks = 0
  for (const name of await readdir('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const stat = await readStat(pid)
    if (stat === null) continue
    // What ended connections used is in their parent's account.
    if (pid === postmaster) ticks += stat.ownTicks + stat.childTicks
    else if (stat.parent === postmaster) ticks += stat.ownTicks
  }
  return ticks * MICROS_PER_TICK
}

interface ProcessStat {
  name: string
  parent: number
  ownTicks: number
  childTicks: number
}

async function readStat(pid: number): Promise<ProcessStat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (text === null) return null
  // The name stands in brackets and may hold anything; fields are counted from behind it.
  const close = text.lastIndexOf(')')
  const fields = text.slice(close + 2).split(' ')
  return {
    name: text.slice(text.indexOf('(') + 1, close),
    parent: Number(fields[1]),
    ownTicks: Number(fields[11]) + Number(fields[12]),
    childTicks: Number(fields[13]) + Number(fields[14]),
  }
}

function isPostgres(backend: ProcessStat, postmaster: ProcessStat): boolean {
  return /^postg/.test(backend.name) && /^postg/.test(postmaster.name)
}
