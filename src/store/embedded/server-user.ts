import { execFile } from 'node:child_process'
import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { ProvisoError } from '../../errors.ts'

/** As whom the server's programs run, and how a command is put so that they do. */
export interface ServerUser {
  /** undefined: as whoever runs this process. */
  ids: { uid: number; gid: number } | undefined
  command(
    file: string,
    args: string[],
  ): {
    file: string
    args: string[]
    ids: { uid?: number; gid?: number }
  }
}

interface Account {
  name: string
  uid: number
  gid: number
}

const run = promisify(execFile)

/**
 * PostgreSQL refuses to run as root. Started by root it runs as the owner of the data when there is
 * one, else as `postgres`, else as `nobody`; no account is created.
 * @param folders what the server must enter: those of its programs and its data.
 */
export async function chooseServerUser(
  folders: string[],
  ownerOfData: number | undefined,
): Promise<ServerUser> {
  if (process.getuid?.() !== 0) {
    return { ids: undefined, command: (file, args) => ({ file, args, ids: {} }) }
  }
  const account = await findAccount(ownerOfData)
  const ids = { uid: account.uid, gid: account.gid }
  if (await canEnterAll(folders, ids)) {
    return { ids, command: (file, args) => ({ file, args, ids }) }
  }
  const prefix = await findPassage(folders, account)
  return {
    ids,
    command: (file, args) => ({ file: 'setpriv', args: [...prefix, file, ...args], ids: {} }),
  }
}

async function findAccount(ownerOfData: number | undefined): Promise<Account> {
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').flatMap(parseAccount)
  const found =
    ownerOfData === undefined || ownerOfData === 0
      ? (accounts.find(({ name }) => name === 'postgres') ??
        accounts.find(({ name }) => name === 'nobody'))
      : accounts.find(({ uid }) => uid === ownerOfData)
  if (found !== undefined && found.uid > 0) return found
  throw new ProvisoError(
    'config_invalid',
    ownerOfData === undefined
      ? 'PostgreSQL refuses to run as root, and there is no account "postgres" or "nobody" to run it as: start as an ordinary user, or set DATABASE_URL to a server of your own.'
      : `PostgreSQL refuses to run as root, and the owner of its data (uid ${ownerOfData}) has no account: start as that user, or change the owner of the data folder.`,
  )
}

function parseAccount(line: string): Account[] {
  const [name, , uid, gid] = line.split(':')
  if (name === undefined || uid === undefined || gid === undefined) return []
  // macOS writes nobody's id as -2.
  return [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }]
}

async function canEnterAll(folders: string[], ids: { uid: number; gid: number }): Promise<boolean> {
  const entered = await Promise.all(folders.map((folder) => canEnter(folder, ids)))
  return entered.every(Boolean)
}

/** Whether every folder on the way may be entered, by the mode bits alone. */
async function canEnter(start: string, ids: { uid: number; gid: number }): Promise<boolean> {
  for (let folder = await realpath(start); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder)
    const bit = uid === ids.uid ? 0o100 : gid === ids.gid ? 0o010 : 0o001
    if ((mode & bit) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

/**
 * A folder under /root, or a private temporary one, is closed to any other account. The server may
 * pass with a single capability of root's; better than opening the folders, or keeping the data
 * somewhere else.
 */
async function findPassage(folders: string[], account: Account): Promise<string[]> {
  for (const capability of ['+dac_read_search', '+dac_override']) {
    const prefix = [
      `--reuid=${account.uid}`,
      `--regid=${account.gid}`,
      '--clear-groups',
      '--no-new-privs',
      // Without it access(2), with which PostgreSQL looks for its own programs, ignores capabilities.
      '--securebits=+no_setuid_fixup',
      `--inh-caps=-all,${capability}`,
      `--ambient-caps=-all,${capability}`,
    ]
    try {
      await run('setpriv', [...prefix, 'ls', '-d', ...folders.map((folder) => `${folder}/.`)], {
        cwd: '/',
      })
      return prefix
    } catch {
      // Not on Linux, not installed, or a container without this capability.
    }
  }
  throw new ProvisoError(
    'config_invalid',
    `PostgreSQL refuses to run as root, and the account "${account.name}" may not enter the folders of ${folders.join(' or ')}: start as an ordinary user, move the folders to where others may enter, or set DATABASE_URL to a server of your own.`,
  )
}
