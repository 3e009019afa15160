import { Findings } from './findings.ts'

/** What is counted over the arrivals of one story. */
export class Tally {
  deliveries = 0
  evaluations = 0
  finals = 0
  readonly wrongFinal = new Findings()
  readonly unsafe = new Findings()
  readonly undecided = new Findings()
}
