import type { BenchEvent } from '../workload/bench-event.ts'

/** One way to take Stripe's events; it lives in a process of its own. */
export interface Contender {
  name: string
  /** What it does before it acknowledges an event, in one sentence: the jobs differ. */
  job: string
  /** 'call': a function takes the event; 'http': a signed request does. */
  face: 'call' | 'http'
  /** Whether it works on after the acknowledgement, so that one must wait for the verdicts. */
  settles: boolean
  /** The table in which it keeps every event it acknowledged; null: it keeps none. */
  keeps: string | null
  /** Makes what it needs in a migrated database whose customers have already bought. */
  prepare(database: ContenderDatabase): Promise<void>
  open(database: ContenderDatabase): Promise<Subject>
}

export interface ContenderDatabase {
  url: string
  /** Customers in it who have bought a subscription. */
  customers: number
}

export interface Subject {
  /** Where it listens; null: it is called. */
  port: number | null
  path: string
  /** Resolves when the event is durable. */
  submit(event: BenchEvent): Promise<void>
  close(): Promise<void>
}

export function notCalled(): Promise<void> {
  return Promise.reject(new Error('This contender takes events over HTTP.'))
}
