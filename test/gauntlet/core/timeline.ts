import type { Oracle } from '../oracle-contract.ts'
import type { Ground } from './ground.ts'
import type { Desk } from './desk.ts'
import type { CoreResult, Span } from './result.ts'
import { answerOf, customersOf, dueOf, needsOf } from './verdict.ts'

export type Timeline = Pick<
  CoreResult,
  'customerSeconds' | 'dueSeconds' | 'blockedSeconds' | 'waitingSeconds' | 'servedSeconds' | 'spans'
>

const NO_SECONDS = {
  customerSeconds: 0,
  dueSeconds: 0,
  blockedSeconds: 0,
  waitingSeconds: 0,
  servedSeconds: 0,
}

/** Of a story whose time line is not looked at. */
export const NO_TIMELINE: Timeline = { ...NO_SECONDS, spans: [] }

/** Longest list of stretches kept. */
const SPANS = 20

/**
 * As it happened: every event comes in its own second. Between any two seconds at which something may
 * change, what is said is held against what is due, once in each shape of the payloads.
 */
export function asItHappened(ground: Ground, oracle: Oracle): Timeline {
  const sums = { ...NO_SECONDS }
  const spans: Span[] = []
  const { history, mail } = ground
  const turning = oracle.turningPoints(history.books, history.catalog, history.end)
  const due = remembered((at) => oracle.due(history.books, history.catalog, at))
  const feature = flagOf(ground)
  const clocked = onTestClocks(ground)
  for (const version of [0, 1]) {
    const desk = ground.desk()
    const waiting = mail.events.map((event) => mail.parcel(event, version))
    waiting.sort((a, b) => a.at - b.at || a.event - b.event)
    const moments = [...new Set([...mail.moments, ...turning, history.end])].sort((a, b) => a - b)
    let from = moments[0] ?? history.end
    while (from < history.end) {
      while ((waiting[0]?.at ?? Infinity) <= from) desk.take(waiting.shift() as never)
      const to = nextTurn(desk, from, moments)
      const decisions = desk.decisions(from)
      const dues = due(from)
      for (const customer of customersOf(decisions, dues)) {
        if (clocked.has(customer)) continue
        const got = answerOf(decisions, customer, feature)
        const owed = dueOf(dues, customer, feature)
        sums.customerSeconds += to - from
        if (owed.allowed) sums.dueSeconds += to - from
        if (got.allowed === owed.allowed) continue
        const kind = owed.allowed ? 'paid but blocked' : 'unpaid but active'
        const needs = needsOf(decisions.get(customer))
        if (!owed.allowed) sums.servedSeconds += to - from
        else sums.blockedSeconds += to - from
        if (owed.allowed && needs.length > 0) sums.waitingSeconds += to - from
        note(spans, {
          customer,
          feature,
          kind,
          from,
          to,
          got: got.text,
          expected: owed.text,
          needs,
        })
      }
      from = to
    }
  }
  return { ...sums, spans }
}

/** Stretches that say the same one after the other are one. */
function note(spans: Span[], span: Span): void {
  const last = spans.findIndex(
    ({ customer, kind, got, expected, to }) =>
      to === span.from &&
      customer === span.customer &&
      kind === span.kind &&
      got === span.got &&
      expected === span.expected,
  )
  const known = spans[last]
  if (known !== undefined) spans[last] = { ...known, to: span.to }
  else if (spans.length < SPANS) spans.push(span)
}

/** The next second at which either side may say something else. */
function nextTurn(desk: Desk, from: number, moments: readonly number[]): number {
  const wakes = [...desk.decisions(from).values()].flatMap(({ wakeAt }) => wakeAt ?? [])
  const next = moments.find((moment) => moment > from) ?? Infinity
  return Math.min(next, ...wakes.filter((wake) => wake > from))
}

/**
 * Time passes for them when their clock is moved, all at once, and its events are dated by both
 * clocks (stripe-facts row 96): only the end can be held against the ledger.
 */
function onTestClocks({ history: { books, catalog, end } }: Ground): Set<string> {
  const key = catalog.policy?.customerIdMetadataKey ?? 'customer_id'
  return new Set(
    books
      .page(end)
      .all('customer')
      .filter(({ test_clock: clock }) => clock !== null)
      .flatMap(({ id, metadata }) => [id, metadata[key] ?? id]),
  )
}

/** What is paid for by the hour of access: the first flag, or else the first feature. */
function flagOf({ history: { catalog }, features }: Ground): string {
  const flag = features.find((feature) => catalog.features[feature]?.type === 'flag')
  return flag ?? features[0] ?? ''
}

function remembered<T>(ask: (at: number) => T): (at: number) => T {
  const known = new Map<number, T>()
  return (at) => {
    const answer = known.get(at) ?? ask(at)
    known.set(at, answer)
    return answer
  }
}
