import type { Finding } from '../core/result.ts'

/** What the service did with one story: plain data. */
export interface ServiceResult {
  readonly name: string
  readonly rows: readonly number[]
  readonly seed: string
  /** Events the story tells. */
  readonly events: number
  readonly orders: number
  readonly deliveries: number
  readonly passes: number
  /** Stored verdicts compared: customers × features × orders. */
  readonly finals: number
  readonly wrongFinal: readonly Finding[]
  readonly unsafe: readonly Finding[]
  /** Not as it should be, and right once what the service asks for was read. */
  readonly undecided: readonly Finding[]
  /** What `verify` found, what `rebuild` changed, and what was worth a warning on the way. */
  readonly faults: readonly Fault[]
}

export interface Fault {
  readonly kind: 'verify' | 'rebuild' | 'verify after rebuild' | 'complaint'
  readonly message: string
  readonly replay: string
}
