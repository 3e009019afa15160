import type { CustomerSeconds } from '../live/score.ts'
import { figuresOf, percent, ratio, whole, type Reads, type Share } from './figures.ts'
import type { GauntletResults } from './results.ts'
import { table } from './table.ts'

/** Proviso and the others on the same streams. */
export function contestTables(results: GauntletResults): string[] {
  if (results.contests.length === 0) return []
  const judged = figuresOf(results)
  const exact = figuresOf(results, () => 'exact')
  const notLive = results.contests.filter(({ live }) => live.length === 0).length
  return [
    '## On the same streams',
    'Proviso is held to the catalog’s exact terms, seats included. The others have no such terms to set, so they are judged more kindly: an answer passes if it is right on *any* of three terms (the catalog’s; paid time alone, with no grace; a month of patience, refunds and disputes let go), and seats are not asked for. The last tables hold everyone to the catalog’s terms.',
    `*Late*: the story is over, the API shows how it ended, and all its events are delivered again to a fresh set-up in a seeded disorder, in the current API version alone or in two mixed. *Live*: deliveries as they happen, in the current version, with mishaps; *wrong at the end* is what is still wrong once the story is over and all is in.${notLive === 0 ? '' : ` (${notLive} stories about the mail itself are not played live.)`}`,
    finalTable(judged),
    'Customers’ time while a story is played: *paid but blocked* as a share of the time in which something was due, *unpaid but active* of the time in which nothing was. First counted only while every event emitted so far had been delivered, so that nobody is blamed for the mail; then in all, with deliveries minutes or hours late.',
    timeTable(judged),
    '### Everyone on the catalog’s exact terms',
    finalTable(exact),
    timeTable(exact),
    '### Set-ups',
    results.contestants.map(({ name, setUp }) => `- **${name}**: ${setUp}`).join('\n'),
  ]
}

function finalTable(figures: ReturnType<typeof figuresOf>): string {
  return table(
    [
      '',
      'late: wrong final',
      'one version',
      'versions mixed',
      'live: wrong at the end',
      'reads per event, live: median',
      'mean',
      'late: mean',
    ],
    figures.map((of) => [
      of.name,
      share(of.lateRuns),
      share(of.lateOneVersion),
      share(of.lateMixed),
      share(of.liveEnd),
      of.liveReads.median.toFixed(2),
      mean(of.liveReads),
      mean(of.lateReads),
    ]),
  )
}

function timeTable(figures: ReturnType<typeof figuresOf>): string {
  return table(
    [
      '',
      'paid but blocked',
      'unpaid but active',
      'other seats',
      'blocked, in all',
      'active, in all',
      'customer-days watched',
    ],
    figures.map(({ name, settled, total }) => [
      name,
      timeShare(settled.blocked, settled.due),
      timeShare(settled.unpaid, settled.notDue),
      timeShare(settled.otherValue, settled.due),
      timeShare(total.blocked, total.due),
      timeShare(total.unpaid, total.notDue),
      whole(watched(total) / 86_400),
    ]),
  )
}

function share(of: Share): string {
  return of.of === 0 ? 'n/a' : `${percent(ratio(of))} (${whole(of.wrong)} of ${whole(of.of)})`
}

function mean(reads: Reads): string {
  return reads.events === 0 ? 'n/a' : reads.mean.toFixed(3)
}

function timeShare(seconds: number, of: number): string {
  return of === 0 ? 'n/a' : percent(seconds / of)
}

function watched({ due, notDue }: CustomerSeconds): number {
  return due + notDue
}
