import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { birthOf, isAlive } from './process.ts'

/** The process that started the server of a data folder, and stops it when it ends. */
interface Owner {
  pid: number
  birth: string | null
}

export interface Ownership {
  release(): void
}

const fileOf = (dataDir: string): string => join(dataDir, 'owner.json')

/**
 * Makes this process the owner of the data folder; `null` when a live one is (also when that is
 * this process, from an earlier call). Two processes that take a dead owner's place at the same
 * instant do no harm: PostgreSQL's own lock lets only one server start.
 */
export async function takeOwnership(dataDir: string): Promise<Ownership | null> {
  const file = fileOf(dataDir)
  const self: Owner = { pid: process.pid, birth: await birthOf(process.pid) }
  for (;;) {
    try {
      await writeFile(file, JSON.stringify(self), { flag: 'wx' })
      return { release: () => rmSync(file, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (await hasLiveOwner(dataDir)) return null
    const aside = `${file}.${process.pid}`
    // Fails for all but one of those who found the same dead owner.
    await rename(file, aside).catch(() => undefined)
    await rm(aside, { force: true })
  }
}

export async function hasLiveOwner(dataDir: string): Promise<boolean> {
  const owner = await readOwner(dataDir)
  if (owner === null || !isAlive(owner.pid)) return false
  const birth = await birthOf(owner.pid)
  return birth === null || owner.birth === null || birth === owner.birth
}

async function readOwner(dataDir: string): Promise<Owner | null> {
  // Created and filled are two steps: an empty file is given a moment.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const text = await readFile(fileOf(dataDir), 'utf8').catch(() => null)
    if (text === null) return null
    try {
      return JSON.parse(text) as Owner
    } catch {
      await delay(50)
    }
  }
  return null
}
