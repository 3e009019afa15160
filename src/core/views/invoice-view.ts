import type { InvoiceState, Snapshot } from '../fact.ts'
import {
  evidenceOf,
  firstSecond,
  highest,
  latestRead,
  union,
  viewKnown,
  type View,
} from './view.ts'

/** draft < open < uncollectible < {paid, void}; paid and void exclude each other (stripe-facts §6.1). */
const RANK: Readonly<Record<string, number>> = {
  draft: 0,
  open: 1,
  uncollectible: 2,
  void: 3,
  paid: 4,
}
const STATUSES: ReadonlySet<string> = new Set(Object.keys(RANK))

export interface InvoiceView extends View<'invoice'> {
  /** Second of the latest failed attempt we were told of, and its number; null: none. */
  failedAt: number | null
  failedAttempt: number | null
  /** First second at which it was seen paid / void / uncollectible. */
  settledAt: number | null
  /** First second at which it was seen at all past draft. */
  openedAt: number | null
}

export function viewInvoice(
  id: string,
  snapshots: readonly Snapshot<'invoice'>[],
): InvoiceView | null {
  const known = viewKnown('invoice', id, snapshots, (state) => state.status, STATUSES)
  if (known.view === null) return null
  const settled = highest(known.known, (state) => RANK[state.status] ?? 0)
  const { view } = viewKnown('invoice', id, fullest(settled), (state) => state.status, STATUSES)
  if (view === null) return null
  const states = known.known.flatMap(({ after }) => (after === null ? [] : [after]))
  const failures = known.known.filter(({ eventType }) => eventType === 'invoice.payment_failed')
  return {
    ...view,
    state: {
      ...view.state,
      attempted: states.some((state) => state.attempted),
      attemptCount: Math.max(...states.map((state) => state.attemptCount)),
      finalizedAt: least(states.map((state) => state.finalizedAt)),
      paidAt: least(states.map((state) => state.paidAt)),
      paymentIntents: union(states.map((state) => state.paymentIntents)),
      charges: union(states.map((state) => state.charges)),
    },
    evidence: evidenceOf(settled),
    readAt: latestRead(snapshots),
    unknownStatus: known.unknownStatus,
    // A status latch leaves nothing to doubt once money or its absence is final.
    isAmbiguous: view.isAmbiguous && view.state.status === 'open',
    failedAt: greatest(failures.map(({ at }) => at)),
    failedAttempt: greatest(failures.map(({ after }) => after?.attemptCount ?? 1)),
    settledAt: firstSecond(known.known, ({ after }) => (RANK[after?.status ?? ''] ?? 0) >= 2),
    openedAt: firstSecond(known.known, ({ after }) => after?.status !== 'draft'),
  }
}

/** Lines are frozen once finalised: a payload that holds more of them is the better one. */
function fullest(snapshots: readonly Snapshot<'invoice'>[]): readonly Snapshot<'invoice'>[] {
  return highest(snapshots, (state: InvoiceState) =>
    state.status === 'draft' ? 0 : state.lines.length + (state.hasMoreLines ? 0 : 0.5),
  )
}

function least(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.min(...known)
}

function greatest(values: number[]): number | null {
  return values.length === 0 ? null : Math.max(...values)
}
