import { existsSync } from 'node:fs'
import type { Contestant } from '../../test/gauntlet/live/contestant.ts'

/** One module each; loaded only when asked for, since the root install has none of their packages. */
const MODULES = [
  './naive/naive.ts',
  './naive/naive-refetch.ts',
  './stripe-sync-engine/sync-engine.ts',
  './better-auth/better-auth.ts',
]

/**
 * What people use today, each with its best documented options.
 * @throws {Error} where their packages are not installed.
 */
export async function peers(): Promise<readonly Contestant[]> {
  if (!existsSync(new URL('node_modules', import.meta.url))) {
    throw new Error('The peers are not installed: run `npm ci --prefix bench/peers` first.')
  }
  const found: Contestant[] = []
  for (const path of MODULES) {
    const module = (await import(new URL(path, import.meta.url).href)) as Record<string, Contestant>
    found.push(...Object.values(module).filter(isContestant))
  }
  return found
}

function isContestant(value: unknown): value is Contestant {
  return typeof value === 'object' && value !== null && 'setUp' in value && 'open' in value
}
