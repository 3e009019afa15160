import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ProvisoError } from '../../errors.ts'
import type { Binaries } from './binaries.ts'
import { serverEnvironment } from './postmaster.ts'
import type { ServerUser } from './server-user.ts'

/** Major version of the server in the installed package. */
const MAJOR = '18'
/** Not `proviso`: a role's own name is on its search path, where it would find our schema unasked. */
export const SUPERUSER = 'postgres'

const run = promisify(execFile)

export const clusterIn = (dataDir: string): string => join(dataDir, 'postgres')

/** User id the cluster's files belong to; undefined when there is no cluster yet. */
export async function ownerOfCluster(dataDir: string): Promise<number | undefined> {
  return (await stat(clusterIn(dataDir)).catch(() => undefined))?.uid
}

export async function hasCluster(dataDir: string): Promise<boolean> {
  const path = join(clusterIn(dataDir), 'PG_VERSION')
  const version = (await readFile(path, 'utf8').catch(() => null))?.trim()
  if (version === undefined) return false
  if (version === MAJOR) return true
  throw new ProvisoError(
    'database_unavailable',
    `The data in ${clusterIn(dataDir)} was written by PostgreSQL ${version}, and the embedded server is ${MAJOR}: dump it with the release that wrote it (pg_dump) and load it into a new folder.`,
  )
}

/**
 * Creates an empty cluster. It is built aside and moved into place when it is on disk, so that a
 * crash on the way leaves nothing that looks like data.
 */
export async function createCluster(
  dataDir: string,
  binaries: Binaries,
  user: ServerUser,
): Promise<void> {
  const aside = join(dataDir, 'postgres.new')
  await rm(aside, { recursive: true, force: true })
  await mkdir(aside, { mode: 0o700 })
  const passwordFile = await writePassword(dataDir)
  if (user.ids !== undefined) {
    await chown(aside, user.ids.uid, user.ids.gid)
    await chown(passwordFile, user.ids.uid, user.ids.gid)
  }
  const { file, args, ids } = user.command(binaries.initdb, [
    `--pgdata=${aside}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-instructions',
  ])
  try {
    await run(file, args, { ...ids, cwd: '/', env: serverEnvironment(binaries) })
    await rename(aside, clusterIn(dataDir))
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim() || String(cause)
    throw new ProvisoError(
      'database_unavailable',
      `The embedded PostgreSQL could not create its data in ${dataDir}: ${said}`,
      { cause },
    )
  }
}

const passwordIn = (dataDir: string): string => join(dataDir, 'password')

/** Readable by its owner only: the server asks everyone for it, also on this machine. */
async function writePassword(dataDir: string): Promise<string> {
  const file = passwordIn(dataDir)
  await rm(file, { force: true })
  await writeFile(file, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 })
  return file
}

export async function readPassword(dataDir: string): Promise<string> {
  try {
    return (await readFile(passwordIn(dataDir), 'utf8')).trim()
  } catch (cause) {
    throw new ProvisoError(
      'database_unavailable',
      `The password of the embedded PostgreSQL in ${passwordIn(dataDir)} cannot be read (${(cause as NodeJS.ErrnoException).code ?? ''}): start as the user it belongs to; if it is lost, let that user in through ${clusterIn(dataDir)}/pg_hba.conf.`,
      { cause },
    )
  }
}
