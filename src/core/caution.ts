import { canonical } from './canonical.ts'
import type { FactStates, FactType, SubscriptionState } from './fact.ts'

/** How the states of one type are weighed where nothing tells which of them is the latest. */
interface Scale<T extends FactType> {
  /** What access hangs on, from the whole to its core: the state that keeps more of it is steadier. */
  telling: (state: FactStates[T]) => unknown[]
  /** Less is more cautious: it gives less that nobody has paid for. Compared one after the other. */
  unpaid: (state: FactStates[T]) => number[]
}

/** Other types decide nothing by their latest state, or end in a latch. */
const SCALES: { readonly [T in FactType]?: Scale<T> } = {
  subscription: { telling: tellingOfSubscription, unpaid: unpaidOfSubscription },
  customer: { telling: ({ metadata }) => [metadata], unpaid: () => [] },
  payment_intent: {
    telling: ({ status }) => [status],
    // A debit under way may be served while it is; an attempt that failed is not.
    unpaid: ({ status, hasPaymentError }) => [
      status === 'processing' ? 1 : 0,
      hasPaymentError ? 0 : 1,
    ],
  },
  charge: {
    telling: ({ amountRefunded }) => [amountRefunded],
    unpaid: ({ amountRefunded }) => [-amountRefunded],
  },
  entitlement_summary: {
    telling: ({ lookupKeys }) => [lookupKeys],
    unpaid: ({ lookupKeys, hasMore }) => [lookupKeys.length, hasMore ? 1 : 0],
  },
}

/**
 * Order of preference between states that may each be the latest: what was known for certain is kept
 * as far as one of them allows (a payer is not blocked by a doubt), and else the one counts that
 * gives least without money. Zero: nothing that decides access tells them apart.
 */
export function compareCaution<T extends FactType>(
  type: T,
  a: FactStates[T],
  b: FactStates[T],
  known: FactStates[T] | null,
): number {
  const scale: Scale<T> | undefined = SCALES[type]
  if (scale === undefined) return 0
  const steadiness = known === null ? 0 : distance(scale, a, known) - distance(scale, b, known)
  return steadiness || compareNumbers(scale.unpaid(a), scale.unpaid(b))
}

function distance<T extends FactType>(
  { telling }: Scale<T>,
  state: FactStates[T],
  known: FactStates[T],
): number {
  const was = telling(known).map(canonical)
  const index = telling(state).findIndex((part, at) => canonical(part) === was[at])
  return index === -1 ? was.length : index
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? value
    if (value !== other) return value < other ? -1 : 1
  }
  return 0
}

function tellingOfSubscription(state: SubscriptionState): unknown[] {
  const { status, items, cancelAt, cancelAtPeriodEnd, trialEnd, pauseCollection } = state
  const bought = items.map(({ id, price, quantity }) => ({ id, price, quantity }))
  return [{ status, bought, cancelAt, cancelAtPeriodEnd, trialEnd, pauseCollection }, status]
}

/** From what serves nobody to what serves without any money. */
const STATUSES: readonly string[] = [
  'paused',
  'unpaid',
  'incomplete',
  'past_due',
  'active',
  'trialing',
]

function unpaidOfSubscription(state: SubscriptionState): number[] {
  const { items } = state
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  return [
    STATUSES.indexOf(state.status),
    endOfSubscription(state),
    state.trialEnd ?? 0,
    // Periods made while collection is paused are forgiven.
    state.pauseCollection === null ? 0 : 1,
    sum(items.map(({ quantity }) => quantity)),
    sum(items.map(({ quantity, unitAmount }) => quantity * (unitAmount ?? 0))),
    // Without a bill a changed plan counts at once.
    state.latestInvoice === null ? 1 : 0,
  ]
}

function endOfSubscription({ cancelAt, cancelAtPeriodEnd, items }: SubscriptionState): number {
  if (cancelAt !== null) return cancelAt
  const ends = items.flatMap(({ periodEnd }) => periodEnd ?? [])
  return cancelAtPeriodEnd && ends.length > 0 ? Math.max(...ends) : Infinity
}
