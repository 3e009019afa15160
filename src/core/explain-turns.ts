import { compareText } from './canonical.ts'
import type { Catalog } from './compile-catalog.ts'
import { concluded, type Conclusion } from './conclusion.ts'
import { decide } from './decide.ts'
import type { Decision } from './decision.ts'
import type { Deed } from './deed.ts'
import { describe } from './describe.ts'
import { describeChanges, type Known } from './describe-changes.ts'
import type { AnySnapshot } from './fact.ts'
import { buildFacts, type Facts } from './facts.ts'
import { GrowingFacts } from './growing-facts.ts'
import type { Hold } from './hold.ts'
import { nameThings } from './names.ts'
import { ownersIn } from './own-facts.ts'

/** A point of the story at which something was heard, or at which the clock alone changed access. */
export interface Turn {
  /** Unix seconds. */
  at: number
  by: 'news' | 'clock'
  /** Second at which it had happened, where it was heard of much later; else null. */
  happenedAt: number | null
  /** What happened; empty where only the clock moved on. */
  deeds: Deed[]
  /** Observations it was heard from, sorted. */
  events: string[]
  /** What was concluded that had not been before. */
  conclusions: Conclusion[]
}

export interface Retelling {
  turns: Turn[]
  /** Observations that changed nothing a person would ask about. */
  unremarkable: number
  /** Observations before the first turn, of a story too long to be told whole. */
  earlier: number
}

export interface RetellOptions {
  snapshots: readonly AnySnapshot[]
  customer: string
  catalog: Catalog
  /** Unix seconds: nothing later is told. */
  now: number
  hold: Hold | null
  /** null: all features. */
  feature: string | null
  /** Second at which an observation was known, where that was later than it happened. */
  knownAt: ReadonlyMap<string, number>
}

/** Seconds of quiet that end a turn: what Stripe makes of one act comes within a few seconds. */
const QUIET = 5
/** Seconds a turn lasts at most. */
const LONGEST = 60
/** Turning points told at most; what came before them is counted. */
const MOST_TURNS = 200
/** Snapshots judged at most, over all turning points: a bound on the work for a very long story. */
const MOST_WORK = 100_000

interface Moment {
  from: number
  to: number
  snapshots: AnySnapshot[]
}

/**
 * Tells again what happened and what followed, by deciding at each turning point on what was known
 * by then. Pure: the same snapshots in any order give the same story.
 */
export function retell(options: RetellOptions): Retelling {
  const { snapshots, catalog, feature, now } = options
  const names = nameThings(snapshots, catalog)
  const all = momentsOf(snapshots.filter(isTold), options)
  const most = Math.max(10, Math.min(MOST_TURNS, Math.floor(MOST_WORK / (snapshots.length + 1))))
  const skipped = all.slice(0, Math.max(0, all.length - most))
  const knownBy = (facts: Facts): Known => ({ facts, owners: ownersIn(facts, catalog) })
  const context = {
    customer: options.customer,
    names,
    catalog,
    final: knownBy(buildFacts(snapshots)),
  }
  const verdictAt = (facts: Facts, at: number) => decideAt(options, facts, at)

  const turns: Turn[] = []
  let unremarkable = 0
  const growing = new GrowingFacts()
  let held = knownBy(growing.add(skipped.flatMap((moment) => moment.snapshots)))
  let verdict = verdictAt(held.facts, skipped.at(-1)?.to ?? 0)
  /** Lets the clock run until just before `to`, and notes what it changed. */
  const run = (to: number) => {
    for (let steps = 0; steps < MOST_TURNS; steps += 1) {
      const at = verdict.wakeAt
      if (at === null || at >= to) return
      const next = verdictAt(held.facts, at)
      const conclusions = concluded(verdict, next, { feature, isByClock: true })
      if (conclusions.length > 0) {
        turns.push({ at, by: 'clock', happenedAt: null, deeds: [], events: [], conclusions })
      }
      verdict = next
    }
  }
  for (const moment of all.slice(skipped.length)) {
    run(Math.min(moment.from, now))
    const heard = knownBy(growing.add(moment.snapshots))
    const next = verdictAt(heard.facts, Math.min(moment.to, now))
    const { deeds, minor } = describeChanges(held, heard, context)
    // What falls due in the second of some news is the news' doing only where it says something.
    if (deeds.length === 0 && minor.length === 0) run(Math.min(moment.to, now) + 1)
    const conclusions = concluded(verdict, next, { feature })
    const events = eventsOf(moment.snapshots)
    if (deeds.length > 0 || conclusions.length > 0) {
      const told = [deeds, minor, plainDeeds(moment.snapshots)].find(({ length }) => length > 0)
      const read = isRead(moment) ? told?.map(asRead) : told
      turns.push({
        ...{ at: moment.from, by: 'news', happenedAt: lateOf(moment) },
        ...{ deeds: read ?? [], events, conclusions },
      })
    } else unremarkable += events.length
    held = heard
    verdict = next
  }
  run(now + 1)
  return { turns, unremarkable, earlier: eventsOf(skipped.flatMap((m) => m.snapshots)).length }
}

/** Products and prices belong to nobody's story: they only lend it their names. */
function isTold({ type }: AnySnapshot): boolean {
  return type !== 'product' && type !== 'price'
}

function decideAt({ customer, catalog, hold }: RetellOptions, facts: Facts, now: number): Decision {
  const isHeld = hold !== null && now >= hold.from
  return decide({ facts, customer, catalog, now, hold: isHeld ? hold : null })
}

function momentsOf(snapshots: readonly AnySnapshot[], { knownAt }: RetellOptions): Moment[] {
  const at = (snapshot: AnySnapshot) =>
    Math.max(snapshot.at, knownAt.get(snapshot.observation) ?? snapshot.at)
  const moments: Moment[] = []
  for (const snapshot of [...snapshots].sort((a, b) => at(a) - at(b))) {
    const second = at(snapshot)
    const last = moments.at(-1)
    if (last !== undefined && second - last.to <= QUIET && second - last.from <= LONGEST) {
      last.to = second
      last.snapshots.push(snapshot)
    } else moments.push({ from: second, to: second, snapshots: [snapshot] })
  }
  return moments
}

/** Seconds after which hearing of something is worth a word. */
const LATE = 15 * 60

function lateOf({ from, snapshots }: Moment): number | null {
  const happenedAt = Math.min(...snapshots.map(({ at }) => at))
  return from - happenedAt > LATE ? happenedAt : null
}

function eventsOf(snapshots: readonly AnySnapshot[]): string[] {
  return [...new Set(snapshots.map(({ observation }) => observation))].sort(compareText)
}

function isRead({ snapshots }: Moment): boolean {
  return snapshots.every(({ origin }) => origin === 'read')
}

function asRead({ what, objects }: Deed): Deed {
  return { what: `Stripe was asked, and said: ${what}`, objects }
}

/** Where no change of state explains a conclusion, the news itself is told. */
function plainDeeds(snapshots: readonly AnySnapshot[]): Deed[] {
  const told = new Map(snapshots.map((snapshot) => [describe(snapshot), snapshot.object]))
  return [...told].slice(0, 3).map(([what, object]) => ({ what, objects: [object] }))
}
