import type { CatalogDefinition } from '../../../src/core/catalog.ts'
import type { Books } from '../books.ts'
import type { Dues, Oracle } from '../oracle-contract.ts'
import type { Answer } from './contestant.ts'
import { Identities } from './identities.ts'
import { anyTerms } from './leeway.ts'
import {
  isAsDue,
  isDueOnAnyTerms,
  pairsOf,
  standingsOf,
  type Standing,
  type Wrongs,
} from './standing.ts'
import type { Timeline } from './timeline.ts'

/** Seconds of customers, each customer's counted once whatever features are wrong. */
export interface CustomerSeconds {
  /** In which something was due. */
  due: number
  /** In which nothing was. */
  notDue: number
  /** Something was due and not given. */
  blocked: number
  /** Something was given and not due. */
  unpaid: number
  /** Allowed as due, with another number of seats. */
  otherValue: number
}

export interface Score {
  /** Counted while all events emitted so far had been delivered. */
  readonly settled: Seconds
  /** Counted always: deliveries under way included. */
  readonly total: Seconds
}

/** By the catalog's own terms, and where only what is wrong on any terms counts. */
export interface Seconds {
  readonly exact: CustomerSeconds
  readonly lenient: CustomerSeconds
}

export interface Mismatch {
  readonly customer: string
  readonly feature: string
  readonly expected: string
  readonly answered: string
  readonly because: string
  /** Wrong on any terms, not only on the catalog's. */
  readonly onAnyTerms: boolean
}

interface Judged {
  readonly books: Books
  readonly catalog: CatalogDefinition
  readonly oracle: Oracle
}

/** Who is judged: by these features alone. */
export interface Watched {
  readonly timeline: Timeline
  readonly features: ReadonlySet<string>
}

/** Lays what was answered beside what was due, from the first second to `until`. */
export function scoreOf(watched: readonly Watched[], judged: Judged, until: number): Score[] {
  const { books, catalog } = judged
  const identities = new Identities(books, catalog)
  const scores = watched.map((): Score => ({ settled: nothing(), total: nothing() }))
  const points = turningPoints(
    watched.map(({ timeline }) => timeline),
    judged,
    until,
  )
  points.forEach((from, index) => {
    const length = (points[index + 1] ?? from) - from
    if (length === 0) return
    const dues = duesAt(judged, from)
    watched.forEach(({ timeline, features }, number) => {
      const { answers, isAllIn } = timeline.at(from)
      const { settled, total } = scores[number] as Score
      const pairs = pairsOf(dues, identities.byApp(answers, from)).filter(({ feature }) =>
        features.has(feature),
      )
      for (const standing of standingsOf(pairs)) {
        addTo(total, standing, length)
        if (isAllIn) addTo(settled, standing, length)
      }
    })
  })
  return scores
}

/** Everything answered otherwise than due of some features, at one second. */
export function mismatchesAt(
  answers: readonly Answer[],
  judged: Judged & Pick<Watched, 'features'>,
  second: number,
): Mismatch[] {
  const answered = new Identities(judged.books, judged.catalog).byApp(answers, second)
  return pairsOf(duesAt(judged, second), answered)
    .filter((pair) => judged.features.has(pair.feature) && !isAsDue(pair))
    .map((pair) => ({
      customer: pair.customer,
      feature: pair.feature,
      expected: worded(pair.due.allowed, pair.due.value),
      answered: worded(pair.answer?.allowed ?? false, pair.answer?.value ?? null),
      because: pair.due.because,
      onAnyTerms: !isDueOnAnyTerms(pair),
    }))
}

function duesAt({ books, catalog, oracle }: Judged, second: number): Dues[] {
  return anyTerms(catalog).map((terms) => oracle.due(books, terms, second))
}

function turningPoints(
  timelines: readonly Timeline[],
  { books, catalog, oracle }: Judged,
  until: number,
): number[] {
  const seconds = new Set([
    books.start,
    ...anyTerms(catalog).flatMap((terms) => oracle.turningPoints(books, terms, until)),
    ...timelines.flatMap((timeline) => timeline.moments()),
    until,
  ])
  return [...seconds].filter((at) => at >= books.start && at <= until).sort((a, b) => a - b)
}

function addTo({ exact, lenient }: Seconds, standing: Standing, seconds: number): void {
  add(exact, standing.isDue, standing.exact, seconds)
  add(lenient, standing.isDue, standing.lenient, seconds)
}

function add(sum: CustomerSeconds, isDue: boolean, wrongs: Wrongs, seconds: number): void {
  if (isDue) sum.due += seconds
  else sum.notDue += seconds
  if (wrongs.isBlocked) sum.blocked += seconds
  if (wrongs.isUnpaid) sum.unpaid += seconds
  if (wrongs.hasOtherValue) sum.otherValue += seconds
}

function nothing(): Seconds {
  const none = () => ({ due: 0, notDue: 0, blocked: 0, unpaid: 0, otherValue: 0 })
  return { exact: none(), lenient: none() }
}

function worded(allowed: boolean, value: Answer['value']): string {
  if (!allowed) return 'no'
  return typeof value === 'number' ? `yes, ${String(value)}` : 'yes'
}
