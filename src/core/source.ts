import type { CatalogProduct } from './compile-catalog.ts'
import type { Alert, Grant, GrantState, GrantValue, Need, Reason } from './decision.ts'
import { clean } from './canonical.ts'
import type { SourceUsage } from './source-usage.ts'

/** A span of time in which one state holds. The first starts before time, the last never ends. */
export interface Segment {
  from: number
  /** null: until something new is learnt. */
  to: number | null
  state: GrantState
  reason: Reason
  /**
   * Evidence of its own takes access away in it: a dispute, a refund, a pause. It begins where paid
   * time ends, but not because time passed, so no hold keeps access into it.
   */
  isTaken?: true
  /** What it gives is given by another source meanwhile: a flag still holds, amounts do not add up. */
  isWaiting?: true
}

/** What gives features to one app customer: a subscription item, purchase, summary or manual grant. */
export interface Source {
  id: string
  kind: Grant['kind']
  /** App customer it belongs to. */
  owner: string
  segments: Segment[]
  /** Catalog product and how many; or, for entitlement and manual sources, the features themselves. */
  gives:
    | { kind: 'product'; product: CatalogProduct; quantity: number }
    | { kind: 'features'; values: Map<string, GrantValue | undefined> }
  /** Absent: none of it is used up. */
  usage?: SourceUsage
  needs: Need[]
  alerts: Alert[]
  /** On a Stripe test clock: its frozen second, at which the source is judged (row 96). */
  frozenAt?: number | null
  /** Second at which a need begins to matter although nothing else changes. */
  lookAgainAt?: number | null
}

/** Builds the segments of one source from earliest to latest; a span that is already past adds nothing. */
export class Timeline {
  readonly #segments: Segment[] = []
  #end = -Infinity

  /** End of what is told so far. */
  get end(): number {
    return this.#end
  }

  /** Extends the timeline to `to` in this state. */
  until(to: number, state: GrantState, reason: Reason): this {
    if (to <= this.#end) return this
    this.#segments.push({ from: this.#end, to, state, reason })
    this.#end = to
    return this
  }

  /** Extends it by a span in which evidence, not the clock, takes access away. */
  taken(to: number, state: GrantState, reason: Reason): this {
    if (to <= this.#end) return this
    this.#segments.push({ from: this.#end, to, state, reason, isTaken: true })
    this.#end = to
    return this
  }

  /** Extends it by a span in which another source gives what this one will. */
  waiting(to: number, state: GrantState, reason: Reason): this {
    if (to <= this.#end) return this
    this.#segments.push({ from: this.#end, to, state, reason, isWaiting: true })
    this.#end = to
    return this
  }

  /** Closes the timeline. */
  after(state: GrantState, reason: Reason): Segment[] {
    return [...this.#segments, { from: this.#end, to: null, state, reason }]
  }

  /** Closes it where evidence, not the clock, takes access away. */
  takenAfter(state: GrantState, reason: Reason): Segment[] {
    return [...this.#segments, { from: this.#end, to: null, state, reason, isTaken: true }]
  }
}

/** One state for all time: facts that the clock cannot change. */
export function always(state: GrantState, reason: Reason): Segment[] {
  return new Timeline().after(state, reason)
}

export function because(
  code: string,
  message: string,
  evidence: readonly string[] = [],
  objects: readonly string[] = [],
): Reason {
  return { code, message, events: [...evidence], objects: [...objects] }
}

export function alert(code: string, message: string, objects: readonly string[]): Alert {
  return { code, message: clean(message, 400), objects: [...objects] }
}
