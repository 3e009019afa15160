import { constants } from 'node:fs'
import { access, mkdir, realpath } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ProvisoError } from '../errors.ts'
import type { Database } from './database.ts'
import { findBinaries } from './embedded/binaries.ts'
import * as cluster from './embedded/cluster.ts'
import { hasLiveOwner, takeOwnership, type Ownership } from './embedded/owner.ts'
import * as postmaster from './embedded/postmaster.ts'
import { chooseServerUser } from './embedded/server-user.ts'
import { openPostgres, type PostgresOptions } from './postgres.ts'

export interface EmbeddedOptions {
  /** Folder that keeps everything and survives restarts; made when missing. */
  dataDir: string
  onProgress?: (step: EmbeddedStep) => void
}

/** creating: a first start, about a second; waiting: another process is starting the server. */
export type EmbeddedStep = 'creating' | 'starting' | 'waiting' | 'ready'

export interface EmbeddedServer {
  /** With its password: not for logs. */
  url: string
  /** false: another process owns the server, and it ends with that one. */
  isOwner: boolean
  /** Stops the server when this process owns it. */
  stop(): Promise<void>
}

/** The real PostgreSQL from npm, in a folder of the project, as a database. */
export async function openEmbedded(options: EmbeddedOptions & PostgresOptions): Promise<Database> {
  const server = await startEmbedded(options)
  const database = openPostgres(server.url, options)
  return {
    ...database,
    async close() {
      await database.close()
      await server.stop()
    },
  }
}

/**
 * Starts the server of a data folder. When another live process runs it already, that server is
 * used; when its owner was killed, it is taken over. The folder must not be shared between machines
 * or containers: neither PostgreSQL nor we can see each other's processes there.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const dataDir = await prepareFolder(options.dataDir)
  for (;;) {
    const ownership = await takeOwnership(dataDir)
    const server =
      ownership === null
        ? await joinServer(dataDir, options)
        : await runServer(dataDir, ownership, options)
    if (server !== null) {
      options.onProgress?.('ready')
      return server
    }
  }
}

async function prepareFolder(dataDir: string): Promise<string> {
  const folder = resolve(dataDir)
  try {
    // Others may pass, for the account that runs the server when root starts it, but not look.
    await mkdir(folder, { recursive: true, mode: 0o711 })
    await access(folder, constants.W_OK | constants.X_OK)
    return await realpath(folder)
  } catch (cause) {
    throw new ProvisoError(
      'config_invalid',
      `The data folder ${folder} cannot be used (${(cause as NodeJS.ErrnoException).code ?? String(cause)}): choose one that this user may write to, or start as the user it belongs to.`,
      { cause },
    )
  }
}

async function runServer(
  dataDir: string,
  ownership: Ownership,
  options: EmbeddedOptions,
): Promise<EmbeddedServer> {
  const folder = cluster.clusterIn(dataDir)
  try {
    const running = (await findOrphan(folder)) ?? (await startServer(dataDir, options))
    const stopAtExit = (): void => {
      // Nothing can be awaited here; the server completes its shutdown on its own.
      postmaster.signal(running.pid, 'SIGINT')
      ownership.release()
    }
    process.once('exit', stopAtExit)
    let stopping: Promise<void> | undefined
    return {
      url: await urlOf(dataDir, running.port),
      isOwner: true,
      stop() {
        stopping ??= postmaster.stopPostmaster(running.pid, folder).then(() => {
          process.off('exit', stopAtExit)
          ownership.release()
        })
        return stopping
      },
    }
  } catch (error) {
    ownership.release()
    throw error
  }
}

/** The server of a process that was killed lives on; it is as good as a new one. */
async function findOrphan(folder: string): Promise<postmaster.Postmaster | null> {
  for (;;) {
    const found = await postmaster.readPostmaster(folder)
    if (found === null || found.isReady) return found
    await delay(50)
  }
}

async function startServer(
  dataDir: string,
  options: EmbeddedOptions,
): Promise<postmaster.Postmaster> {
  const binaries = await findBinaries(join(dataDir, 'lib'))
  const user = await chooseServerUser(
    [dirname(binaries.postgres), binaries.native, dataDir],
    await cluster.ownerOfCluster(dataDir),
  )
  if (!(await cluster.hasCluster(dataDir))) {
    options.onProgress?.('creating')
    await cluster.createCluster(dataDir, binaries, user)
  }
  options.onProgress?.('starting')
  return postmaster.startPostmaster({
    binaries,
    user,
    cluster: cluster.clusterIn(dataDir),
    log: join(dataDir, 'postgres.log'),
  })
}

/** `null` when the owner ended before its server was ready: its place is free. */
async function joinServer(
  dataDir: string,
  options: EmbeddedOptions,
): Promise<EmbeddedServer | null> {
  options.onProgress?.('waiting')
  for (;;) {
    const found = await postmaster.readPostmaster(cluster.clusterIn(dataDir))
    if (found?.isReady) {
      return {
        url: await urlOf(dataDir, found.port),
        isOwner: false,
        stop: () => Promise.resolve(),
      }
    }
    if (!(await hasLiveOwner(dataDir))) return null
    await delay(50)
  }
}

async function urlOf(dataDir: string, port: number): Promise<string> {
  const password = await cluster.readPassword(dataDir)
  return `postgres://${cluster.SUPERUSER}:${password}@127.0.0.1:${port}/postgres`
}
