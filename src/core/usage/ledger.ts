/**
 * What one customer may use of one metered or credits feature, and what of it is used. Plain,
 * JSON-safe data; every function over it is pure, and answers a new ledger.
 */
export interface Ledger {
  /** Sorted by id. Those whose time is long over are dropped (`KEPT_SECONDS`). */
  readonly allowances: readonly Allowance[]
  /** Sorted by id. */
  readonly holds: readonly Hold[]
  /**
   * What was spent of credits that were dropped, sorted by id: a catalog that makes credits hold
   * longer brings them back, and they must not come back whole.
   */
  readonly closed: readonly Burn[]
}

/** An amount that one source gives for one span of time. */
export interface Allowance {
  /** Stable: `<source>@<from>` for what comes anew each period, `<source>` for what is given once. */
  readonly id: string
  /** `stray` holds only `over`: what was used while nothing at all was given. */
  readonly kind: 'limit' | 'credits' | 'stray'
  /** Subscription, purchase, summary or manual grant; empty for strays. */
  readonly source: string
  /** Unix seconds; usage belongs to it by its own timestamp. */
  readonly from: number
  /** Unix seconds, exclusive; null: for good. */
  readonly until: number | null
  /**
   * End of the billing period that gives it, null where it is given once. Credits may hold beyond
   * it; that two allowances are of one period is told by it.
   */
  readonly periodEnd: number | null
  /** Units; null: without limit. */
  readonly amount: number | null
  /** Units used of it, those on hold included. May exceed the amount after a downgrade. */
  readonly spent: number
  /** Used beyond everything included, in this span: billed or merely noted, never refused anew. */
  readonly over: number
  /** What happens when it is used up: refuse, or go on and let Stripe bill it. */
  readonly overage: 'block' | 'bill'
  /** Taken back: refunded, disputed, revoked. Its rest is gone; what was spent stays spent. */
  readonly isVoid: boolean
  /** When it was taken back and restored, oldest first; the last is open while it is void. */
  readonly clawbacks: readonly Clawback[]
}

/** A span in which the rest of an allowance was taken back. */
export interface Clawback {
  /** Unix second at which we learnt of it. */
  readonly at: number
  /** null: it still is. */
  readonly restoredAt: number | null
  /** Units that were left when it was taken back; 0 where it had no limit. */
  readonly quantity: number
}

/** Units set aside for work whose cost is not known yet. */
export interface Hold {
  readonly id: string
  readonly quantity: number
  /** Unix seconds of the work: whose allowances it burns. */
  readonly at: number
  /** Unix seconds from which it counts as released. */
  readonly expiresAt: number
  readonly burned: readonly Burn[]
}

/** Units taken from one allowance. */
export interface Burn {
  readonly allowance: string
  readonly quantity: number
  /** Beyond what is included: counted in `over`, not in `spent`. */
  readonly isOver?: true
}

export const EMPTY_LEDGER: Ledger = { allowances: [], holds: [], closed: [] }

/** Stripe takes usage up to 35 days late (stripe-facts §5). */
export const LATE_SECONDS = 35 * 86_400

/** Stripe takes usage up to five minutes ahead of its clock (stripe-facts §5). */
export const AHEAD_SECONDS = 300

/** An allowance is kept a little longer than usage of its time can still come. */
export const KEPT_SECONDS = 40 * 86_400

/** Whether anything can still be taken of it for usage at this second. */
export function isUsable(allowance: Allowance, at: number, leeway = 0): boolean {
  const { clawbacks, from, isVoid, kind, until } = allowance
  if (kind === 'stray' || at < from - leeway || (until !== null && at >= until)) return false
  // A refund takes credits back for late usage as well; a limit held in its time.
  if (kind === 'credits') return !isVoid
  return !clawbacks.some((span) => at >= span.at && at < (span.restoredAt ?? Infinity))
}

/** Those that usage at this second burns, soonest-ending first. */
export function usableAt({ allowances }: Ledger, at: number): Allowance[] {
  const exact = allowances.filter((allowance) => isUsable(allowance, at))
  // Our clock may run behind Stripe's: what was bought a moment "ahead" may be used already.
  const found =
    exact.length > 0
      ? exact
      : allowances.filter((allowance) => isUsable(allowance, at, AHEAD_SECONDS))
  return found.sort(
    (a, b) =>
      (a.until ?? Infinity) - (b.until ?? Infinity) || a.from - b.from || (a.id < b.id ? -1 : 1),
  )
}

/** Units left; Infinity: without limit. */
export function restOf({ amount, kind, spent }: Allowance): number {
  if (kind === 'stray') return 0
  return amount === null ? Infinity : Math.max(0, amount - spent)
}
