import { cpus } from 'node:os'
import type { LoadResult } from '../contest.ts'
import type { GrowthResult } from '../growth/run-growth.ts'
import type { ReadResult } from '../reads/run-reads.ts'
import type { ServerFacts } from '../server.ts'

/** Everything of one run, every sample included. */
export interface Results {
  machine: Machine
  server: ServerFacts
  rounds: number
  seconds: number
  loads: LoadResult[]
  growth: GrowthResult[]
  reads: ReadResult
}

export interface Machine {
  at: string
  node: string
  cpu: string
  cores: number
}

export function describeMachine(): Machine {
  const all = cpus()
  return {
    at: new Date().toISOString(),
    node: process.version,
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
  }
}
