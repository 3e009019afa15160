import type { CustomerSeconds, Mismatch, Score } from '../live/score.ts'
import { count, type GauntletResults } from './results.ts'

/** By the catalog's own terms, or where only what is wrong on any terms counts. */
export type Terms = 'exact' | 'lenient'

/** One contestant over all stories, on terms. */
export interface ContestantFigures {
  readonly name: string
  /** Late orders: story × order. */
  readonly lateRuns: Share
  /** Stories that sell what it offers; it is judged by no others. */
  readonly stories: number
  /** At the end of the story as it happened. */
  readonly liveEnd: Share
  /** While all events emitted so far had been delivered. */
  readonly settled: CustomerSeconds
  readonly total: CustomerSeconds
  readonly liveReads: Reads
  readonly lateReads: Reads
}

export interface Share {
  readonly wrong: number
  readonly of: number
}

/** API calls per event, over stories. */
export interface Reads {
  readonly calls: number
  readonly events: number
  readonly median: number
  readonly mean: number
}

/** Proviso has the catalog's policies and is held to them; the others are not blamed for their own. */
export function termsFor(name: string): Terms {
  return isOurs(name) ? 'exact' : 'lenient'
}

export function isOurs(name: string): boolean {
  return name.startsWith('proviso')
}

export function figuresOf(
  { contestants, contests }: GauntletResults,
  termsOf: (name: string) => Terms = termsFor,
): ContestantFigures[] {
  return contestants.map(({ name }) => {
    const terms = termsOf(name)
    const live = contests.flatMap((story) => story.live).filter((r) => r.contestant === name)
    const late = contests.flatMap((story) => story.late).filter((r) => r.contestant === name)
    const seconds = (kind: keyof Score) => sumOf(live.map(({ score }) => score[kind][terms]))
    return {
      name,
      lateRuns: shareOf(late, terms),
      stories: new Set([...live, ...late].map(({ story }) => story)).size,
      liveEnd: shareOf(live, terms),
      settled: seconds('settled'),
      total: seconds('total'),
      liveReads: readsOf(live),
      lateReads: readsOf(late),
    }
  })
}

/** Whether a run ended wrong, on terms. */
export function isWrong(
  { wrongFinal }: { readonly wrongFinal: readonly Mismatch[] },
  terms: Terms,
): boolean {
  return wrongFinal.some(({ onAnyTerms }) => onAnyTerms || terms === 'exact')
}

function shareOf(
  runs: readonly { readonly wrongFinal: readonly Mismatch[] }[],
  terms: Terms,
): Share {
  return { wrong: runs.filter((run) => isWrong(run, terms)).length, of: runs.length }
}

function sumOf(seconds: readonly CustomerSeconds[]): CustomerSeconds {
  const sum = (field: keyof CustomerSeconds) => count(seconds.map((each) => each[field]))
  return {
    due: sum('due'),
    notDue: sum('notDue'),
    blocked: sum('blocked'),
    unpaid: sum('unpaid'),
    otherValue: sum('otherValue'),
  }
}

function readsOf(runs: readonly { readonly reads: number; readonly events: number }[]): Reads {
  const calls = count(runs.map(({ reads }) => reads))
  const events = count(runs.map((run) => run.events))
  const each = runs.map((run) => run.reads / run.events).sort((a, b) => a - b)
  const middle = (each.length - 1) / 2
  const median = ((each[Math.floor(middle)] ?? 0) + (each[Math.ceil(middle)] ?? 0)) / 2
  return { calls, events, median, mean: events === 0 ? 0 : calls / events }
}

export function ratio({ wrong, of }: Share): number {
  return of === 0 ? 0 : wrong / of
}

/** Share of all customer time in which a customer was paid but blocked. */
export function blockedShare({ blocked, due, notDue }: CustomerSeconds): number {
  return due + notDue === 0 ? 0 : blocked / (due + notDue)
}

/** Share of all customer time in which a customer was unpaid but active. */
export function unpaidShare({ unpaid, due, notDue }: CustomerSeconds): number {
  return due + notDue === 0 ? 0 : unpaid / (due + notDue)
}

/** `12.3 %`; a little is never rounded to nothing. */
export function percent(share: number): string {
  if (share === 0) return '0'
  const value = share * 100
  if (value < 0.01) return '< 0.01 %'
  return `${value >= 10 ? value.toFixed(1) : value.toFixed(2)} %`
}

export function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US')
}
