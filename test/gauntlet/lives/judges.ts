import { openPostgres } from '../../../src/store/postgres.ts'
import { oracle } from '../oracle/index.ts'
import { judgeLife } from './judge-life.ts'
import type { Judge } from './look-at-life.ts'
import { serveLife } from './serve-life.ts'

/** How a life of this seed is looked at. */
export interface Judging {
  readonly seed: number
  readonly looks: number
  readonly isThorough: boolean
}

/** The core as judge or, with a database, the whole service. */
export interface Judges {
  of(judging: Judging): Judge
  close(): Promise<void>
}

export function openJudges(url?: string): Judges {
  if (url === undefined) {
    return {
      of: ({ seed, ...rest }) => {
        return (told) => judgeLife(told, { oracle, seed: String(seed), ...rest })
      },
      close: async () => {},
    }
  }
  const database = openPostgres(url)
  return {
    of: ({ seed }) => {
      return (told) => serveLife(told, { oracle, seed: String(seed), database })
    },
    close: () => database.close(),
  }
}
