import { spawn } from 'node:child_process'
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { assertDurable } from './durability.ts'
import { openEmbedded, startEmbedded, type EmbeddedStep } from './embedded.ts'
import { healLibraries } from './embedded/binaries.ts'
import { readPostmaster } from './embedded/postmaster.ts'
import { isAlive } from './embedded/process.ts'

interface Said {
  isOwner?: boolean
  url?: string
  marks?: number[]
  code?: string
  message?: string
}

interface Holder {
  pid: number
  said: Said
  /** Ends it the polite way. */
  close(): Promise<void>
  kill(): Promise<void>
  ended: Promise<void>
}

const isRoot = process.getuid?.() === 0
const NOBODY = 65_534

describe('the embedded server', () => {
  let folder: string
  let dataDir: string
  const holders: Holder[] = []
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proviso-embedded-'))
    dataDir = join(folder, 'data')
  })
  afterEach(async () => {
    await Promise.all(holders.splice(0).map((holder) => holder.close()))
    // A server whose owner was killed is ended by taking it over.
    if ((await readPostmaster(join(dataDir, 'postgres'))) !== null) {
      await (await startEmbedded({ dataDir })).stop()
    }
    await rm(folder, { recursive: true, force: true })
  })

  async function hold(
    user: { uid?: number; gid?: number } = {},
    ...options: string[]
  ): Promise<Holder> {
    const script = new URL('../../test/support/hold-embedded.ts', import.meta.url).pathname
    const child = spawn(process.execPath, ['--import', 'tsx', script, dataDir, ...options], {
      ...user,
      cwd: new URL('../..', import.meta.url).pathname,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    const lines = createInterface({ input: child.stdout })
    const line = await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve)
      lines.once('close', () => reject(new Error('It ended without a word.')))
    })
    const holder: Holder = {
      pid: child.pid ?? 0,
      said: JSON.parse(line) as Said,
      close: () => (child.stdin.end(), ended),
      kill: () => (child.kill('SIGKILL'), ended),
      ended,
    }
    holders.push(holder)
    return holder
  }

  const serverPid = async (): Promise<number> =>
    Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])

  test('keeps what it holds over restarts, durably, for a password of its own', async () => {
    const steps: EmbeddedStep[] = []
    const first = await openEmbedded({ dataDir, onProgress: (step) => steps.push(step) })
    await first.query('create table marks (value text); insert into marks values ($$kept$$)')
    expect(await assertDurable(first)).toEqual({ isDurable: true, reasons: [] })
    const { rows: settings } = await first.query(`
      select current_setting('listen_addresses') as address, current_setting('server_encoding') as encoding,
        (select datcollate from pg_database where datname = current_database()) as collation`)
    expect(settings).toEqual([{ address: '127.0.0.1', encoding: 'UTF8', collation: 'C' }])
    await first.close()

    const second = await openEmbedded({ dataDir })
    expect((await second.query('select value from marks')).rows).toEqual([{ value: 'kept' }])
    await second.close()

    expect(steps).toEqual(['creating', 'starting', 'ready'])
    expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600)
  })

  test('stops with its owner, and leaves nothing running', async () => {
    const server = await startEmbedded({ dataDir })
    const pid = await serverPid()
    await server.stop()
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 })
  })

  test('neither holds back nor survives a process that forgets to close it', async () => {
    const holder = await hold({}, '--forget')
    await holder.ended
    await vi.waitFor(
      async () => expect(await readPostmaster(join(dataDir, 'postgres'))).toBe(null),
      {
        timeout: 10_000,
      },
    )
    expect((await hold()).said.isOwner).toBe(true)
  })

  test('is shared with another process while its owner lives, and ends with the owner', async () => {
    const owner = await hold()
    const guest = await hold()

    expect([owner.said.isOwner, guest.said.isOwner]).toEqual([true, false])
    expect(guest.said.marks).toEqual([owner.pid, guest.pid])
    const pid = await serverPid()
    await guest.close()
    expect(isAlive(pid)).toBe(true)
    await owner.close()
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 })
  })

  test('is started once by processes that begin at the same time', async () => {
    const all = await Promise.all([hold(), hold(), hold()])

    expect(all.map(({ said }) => said.message)).toEqual([undefined, undefined, undefined])
    expect(all.filter(({ said }) => said.isOwner)).toHaveLength(1)
    expect(new Set(all.map(({ said }) => said.url)).size).toBe(1)
  })

  test('is taken over when its owner was killed', async () => {
    const owner = await hold()
    const pid = await serverPid()
    await owner.kill()
    expect(isAlive(pid)).toBe(true)

    const heir = await hold()
    expect(heir.said).toMatchObject({ isOwner: true, marks: [owner.pid, heir.pid] })
    expect(await serverPid()).toBe(pid)
    await heir.close()
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 10_000 })
  })

  test('recovers when owner and server were killed, whoever has their process numbers now', async () => {
    const owner = await hold()
    process.kill(await serverPid(), 'SIGKILL')
    await owner.kill()
    // As after a restart of a container: the numbers are taken, by something else.
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid')
    const lines = (await readFile(pidFile, 'utf8')).split('\n')
    await writeFile(pidFile, [String(process.ppid), ...lines.slice(1)].join('\n'))
    await writeFile(join(dataDir, 'owner.json'), JSON.stringify({ pid: 1, birth: '1' }))

    const heir = await hold()
    expect(heir.said).toMatchObject({ isOwner: true, marks: [owner.pid, heir.pid] })
  })

  test('starts anew when a first start was cut off', async () => {
    await mkdir(join(dataDir, 'postgres.new', 'base'), { recursive: true })
    await writeFile(join(dataDir, 'owner.json'), '')

    expect((await hold()).said.isOwner).toBe(true)
  })

  test('refuses data of another major version by name', async () => {
    await mkdir(join(dataDir, 'postgres'), { recursive: true })
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '16\n')

    await expect(startEmbedded({ dataDir })).rejects.toMatchObject({
      code: 'database_unavailable',
      message: expect.stringContaining('PostgreSQL 16') as string,
    })
    await rm(join(dataDir, 'postgres'), { recursive: true })
  })

  test.runIf(isRoot)('runs for an ordinary user, and again when root opens it later', async () => {
    await chown(folder, NOBODY, NOBODY)
    const ordinary = await hold({ uid: NOBODY, gid: NOBODY })
    expect(ordinary.said).toMatchObject({ isOwner: true })
    await ordinary.close()

    const root = await hold()
    expect(root.said.marks).toEqual([ordinary.pid, root.pid])
  })

  test.runIf(isRoot)('runs for root where other accounts may enter', async () => {
    await chmod(folder, 0o755)
    expect((await hold()).said.isOwner).toBe(true)
  })

  test.runIf(isRoot)('tells an ordinary user whose folder is root’s what to do', async () => {
    await chmod(folder, 0o755)
    const refused = await hold({ uid: NOBODY, gid: NOBODY })
    expect(refused.said).toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/EACCES.*choose one/) as string,
    })
  })
})

describe('the libraries of the embedded server', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proviso-native-'))
    await mkdir(join(folder, 'native', 'lib'), { recursive: true })
    await writeFile(join(folder, 'native', 'lib', 'libpq.so.5.18'), '')
    await writeFile(
      join(folder, 'native', 'pg-symlinks.json'),
      JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]),
    )
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const heal = (): Promise<Record<string, string>> =>
    healLibraries(join(folder, 'native'), join(folder, 'spare'))

  test('get the links that npm did not make, once', async () => {
    expect(await heal()).toEqual({})
    expect(await heal()).toEqual({})
    expect(await readlink(join(folder, 'native', 'lib', 'libpq.so.5'))).toBe('libpq.so.5.18')
  })

  test('get them in a spare folder when the package cannot be written to', async () => {
    const link = async (source: string, target: string): Promise<void> => {
      if (target.startsWith(join(folder, 'native'))) throw new Error('EROFS: read-only file system')
      await symlink(source, target)
    }
    const environment = await healLibraries(join(folder, 'native'), join(folder, 'spare'), link)

    expect(Object.values(environment)).toEqual([
      `${join(folder, 'spare')}:${join(folder, 'native', 'lib')}`,
    ])
    expect(await readlink(join(folder, 'spare', 'libpq.so.5'))).toBe(
      join(folder, 'native', 'lib', 'libpq.so.5.18'),
    )
  })
})
