import type { BenchOptions } from '../options.ts'
import type { BenchProgress } from '../progress.ts'
import type { BenchServer } from '../server.ts'
import { startSubject } from '../subject/subject-process.ts'
import { GROWTH, type GrowthPair, type GrowthPoint } from './growth-point.ts'
import { measureGrowth, type GrowthSample, type GrowthSubject } from './measure-growth.ts'
import { populate } from './populate.ts'

export interface GrowthResult {
  pair: GrowthPair
  /** One of each per round. */
  small: GrowthSample[]
  large: GrowthSample[]
}

export function growthSteps(rounds: number): number {
  return GROWTH.length * 2 * (rounds + 1)
}

/** What settling an event costs in a small and in a large database, in turn. */
export async function runGrowth(
  server: BenchServer,
  options: BenchOptions,
  progress: BenchProgress,
  now: number,
): Promise<GrowthResult[]> {
  const subjects: { pair: GrowthPair; small: GrowthSubject; large: GrowthSubject }[] = []
  const place = async (point: GrowthPoint): Promise<GrowthSubject> => {
    progress.step(`growth · filling ${point.name}`)
    const { url, start } = await populate(server, point, now)
    return { point, url, start, process: startSubject(options.profile), sent: 0 }
  }
  for (const pair of GROWTH) {
    subjects.push({ pair, small: await place(pair.small), large: await place(pair.large) })
  }
  const results = subjects.map(({ pair }): GrowthResult => ({ pair, small: [], large: [] }))
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const [index, subject] of subjects.entries()) {
      for (const size of ['small', 'large'] as const) {
        progress.step(`round ${round}/${options.rounds} · settle · ${subject[size].point.name}`)
        results[index]?.[size].push(await measureGrowth(server, subject[size]))
      }
    }
  }
  for (const { small, large } of subjects) {
    await small.process.end()
    await large.process.end()
  }
  return results
}
