/** What the core did with one story: plain data. */
export interface CoreResult {
  readonly name: string
  readonly rows: readonly number[]
  readonly seed: string
  /** Events the story tells, and those of which a fact is kept that a rule reads. */
  readonly events: number
  readonly telling: number
  readonly orders: number
  /** Every order of what tells something was tried. */
  readonly isExhaustive: boolean
  readonly deliveries: number
  /** Verdicts reached on the way, one per delivery that told something new or moved the clock. */
  readonly evaluations: number
  /** Final verdicts compared: customers × features × orders. */
  readonly finals: number
  /** Settled by no read that the decision asks for. */
  readonly wrongFinal: readonly Finding[]
  /** Allowed although nothing that had come by then vouches for it. */
  readonly unsafe: readonly Finding[]
  /** Not as it should be, and right once what the decision asks for is read. */
  readonly undecided: readonly Finding[]
  /** Objects asked for at the end of the events in their own order, by kind. */
  readonly needs: readonly string[]
  /** As it happened: seconds × customers × features observed, and those to be served. */
  readonly customerSeconds: number
  readonly dueSeconds: number
  /** Paid but blocked. */
  readonly blockedSeconds: number
  /** Of these: while the decision asks Stripe for something that would tell. */
  readonly waitingSeconds: number
  /** Unpaid but active. */
  readonly servedSeconds: number
  readonly spans: readonly Span[]
  readonly milliseconds: number
}

/** One kind of mistake, met once or often. */
export interface Finding {
  readonly customer: string
  readonly feature: string
  /** Unix seconds asked for. */
  readonly at: number
  readonly got: string
  readonly expected: string
  /** What the decision asks Stripe for. */
  readonly needs: readonly string[]
  /** Deliveries in so far at the first meeting, and all of the arrival. */
  readonly after: number
  readonly of: number
  readonly kind: string
  /** In how many arrivals it was met. */
  arrivals: number
  /** The command that meets it again. */
  readonly replay: string
}

/** A stretch of time in which what the core says is not what is due. */
export interface Span {
  readonly customer: string
  readonly feature: string
  readonly kind: 'paid but blocked' | 'unpaid but active'
  readonly from: number
  readonly to: number
  readonly got: string
  readonly expected: string
  readonly needs: readonly string[]
}
