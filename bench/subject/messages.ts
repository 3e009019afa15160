import type { ContenderDatabase } from '../contenders/contender.ts'
import type { WorkloadSpec } from '../workload/bench-event.ts'
import type { Driven } from '../load/drive.ts'

/** What a subject's process is asked to do, by name: parameters and answer. */
export interface Commands {
  prepare: { given: { contender: string; database: ContenderDatabase }; answer: null }
  open: {
    given: { contender: string; database: ContenderDatabase }
    answer: { port: number | null; path: string }
  }
  /** For a subject that is called: the events of the next `drive`, made before the clock runs. */
  supply: { given: { spec: WorkloadSpec; expected: number }; answer: null }
  /** For a subject that is called: the load runs where it lives. */
  drive: { given: { senders: number; seconds: number }; answer: Driven }
  /** An engine that settles only when told to. */
  openStage: { given: { url: string }; answer: null }
  ingest: { given: { spec: WorkloadSpec; count: number }; answer: null }
  settle: { given: null; answer: null }
  closeStage: { given: null; answer: null }
  reading: { given: null; answer: Reading }
  close: { given: null; answer: null }
}

export interface Reading {
  /** CPU time of the process so far, microseconds. */
  cpuMicros: number
  /** Statements it has sent so far. */
  statements: number
}

export type CommandName = keyof Commands

export interface Request<Name extends CommandName = CommandName> {
  number: number
  name: Name
  given: Commands[Name]['given']
}

export type Answer = { number: number } & ({ answer: unknown } | { error: string })
