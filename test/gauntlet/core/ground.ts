import type { Played } from '../../sandbox/decided/decided-stage.ts'
import type { Dues } from '../oracle-contract.ts'
import type { Evidence } from '../witness/index.ts'
import type { Desk } from './desk.ts'
import type { Mail } from './mail.ts'
import type { Parcel } from './parcel.ts'

/** What all arrivals of one story share. */
export interface Ground {
  readonly name: string
  readonly seed: string
  readonly history: Played
  readonly mail: Mail
  readonly evidence: Evidence
  readonly features: readonly string[]
  /** At the story's end. */
  readonly dues: Dues
  desk(how?: { isCompacting?: boolean; isShared?: boolean }): Desk
  /** What Stripe answered at the story's end, by type and id. */
  readonly answers: Map<string, Parcel>
}
