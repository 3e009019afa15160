import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, statSync, truncateSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ProvisoError } from '../../errors.ts'
import type { Binaries } from './binaries.ts'
import { isAlive, isServerOf } from './process.ts'
import type { ServerUser } from './server-user.ts'

/** What the server writes about itself into its data folder. */
export interface Postmaster {
  pid: number
  port: number
  isReady: boolean
  isStopping: boolean
}

const POLL_MS = 20
/** Replaying the log after a crash takes as long as it takes; this bound is for a server that hangs. */
const START_LIMIT_MS = 300_000
const STOP_LIMIT_MS = 30_000
const LOG_LIMIT_BYTES = 5_000_000

/** The live server of a data folder; `null` when there is none, whatever a crash left behind. */
export async function readPostmaster(cluster: string): Promise<Postmaster | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0 || !(await isServerOf(pid, cluster))) return null
  const status = lines[7]?.trim()
  return {
    pid,
    port: Number(lines[3]),
    isReady: status === 'ready',
    isStopping: status === 'stopping',
  }
}

export interface StartOptions {
  binaries: Binaries
  user: ServerUser
  cluster: string
  log: string
}

/** Starts the server on a free port of 127.0.0.1 and waits until it takes connections. */
export async function startPostmaster(options: StartOptions): Promise<Postmaster> {
  // A file that names a dead process, or one that is not our server, would only be in the way:
  // in a container the number may well belong to something else by now.
  await rm(join(options.cluster, 'postmaster.pid'), { force: true })
  for (let attempt = 1; ; attempt += 1) {
    const offset = prepareLog(options.log)
    const child = spawnServer(options, await findFreePort())
    const postmaster = await waitUntilReady(options.cluster, child)
    if (postmaster !== null) return postmaster
    const said = (await readFile(options.log, 'utf8').catch(() => '')).slice(offset).trim()
    // Between finding a free port and taking it another process may take it.
    if (attempt < 5 && /could not (bind|create any TCP)/.test(said)) continue
    // After a kill, backends of the server before may still end their statements.
    if (attempt < 60 && said.includes('pre-existing shared memory block')) {
      await delay(500)
      continue
    }
    throw new ProvisoError(
      'database_unavailable',
      `The embedded PostgreSQL in ${options.cluster} did not start (see ${options.log}): ${said.split('\n').slice(-3).join(' ')}`,
    )
  }
}

function spawnServer(options: StartOptions, port: number): ChildProcess {
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // The three that make "committed" mean "on disk", whatever the configuration file says.
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    max_connections: '60',
    max_wal_size: '256MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
  }
  const { file, args, ids } = options.user.command(options.binaries.postgres, [
    '-D',
    options.cluster,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ])
  const log = openSync(options.log, 'a')
  const child = spawn(file, args, {
    ...ids,
    cwd: '/',
    env: serverEnvironment(options.binaries),
    // In a session of its own, so that Ctrl-C in a terminal reaches us first and we can drain.
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  child.on('error', () => undefined)
  child.unref()
  return child
}

/** Nothing of ours leaks in: PGPORT and its kin would override what we pass. */
export function serverEnvironment(binaries: Binaries): NodeJS.ProcessEnv {
  const path = process.env['PATH']
  return { ...(path === undefined ? {} : { PATH: path }), LC_ALL: 'C', ...binaries.environment }
}

function prepareLog(log: string): number {
  const size = statSync(log, { throwIfNoEntry: false })?.size ?? 0
  if (size <= LOG_LIMIT_BYTES) return size
  truncateSync(log)
  return 0
}

/** `null` when the server ended before it was ready. */
async function waitUntilReady(cluster: string, child: ChildProcess): Promise<Postmaster | null> {
  const deadline = Date.now() + START_LIMIT_MS
  while (Date.now() < deadline) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return null
    const postmaster = await readPostmaster(cluster)
    if (postmaster?.isReady) return postmaster
    await delay(POLL_MS)
  }
  child.kill('SIGQUIT')
  return null
}

/** Ends every connection, writes a checkpoint and stops: the next start has nothing to replay. */
export async function stopPostmaster(pid: number, cluster: string): Promise<void> {
  // The number may belong to another process by now.
  if ((await readPostmaster(cluster))?.pid !== pid) return
  signal(pid, 'SIGINT')
  if (await isGoneWithin(pid, cluster, STOP_LIMIT_MS)) return
  signal(pid, 'SIGQUIT')
  await isGoneWithin(pid, cluster, STOP_LIMIT_MS)
}

export async function isGoneWithin(
  pid: number,
  cluster: string,
  limitMs: number,
): Promise<boolean> {
  const deadline = Date.now() + limitMs
  while (Date.now() < deadline) {
    // A child that ended stays visible until Node has reaped it: its file tells it earlier.
    if (!isAlive(pid) || (await readPostmaster(cluster)) === null) return true
    await delay(POLL_MS)
  }
  return false
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It is gone already.
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}
