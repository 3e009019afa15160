import type { CustomerSeconds } from '../live/score.ts'
import { figuresOf, percent, ratio, whole, type Reads, type Share } from './figures.ts'
import type { GauntletResults } from './results.ts'
import { table } from './table.ts'

/** Proviso and the others on the same streams. */
export function contestTables(results: GauntletResults): string[] {
  if (results.contests.length === 0) return []
  const judged = figuresOf(results)
  const exact = figuresOf(results, () => 'exact')
  const storiesOf = (name: string) =>
    `judged by ${judged.find((of) => of.name === name)?.stories ?? 0} of ${results.contests.length} stories`
  const notLive = results.contests.filter(({ live }) => live.length === 0).length
  return [
    '## On the same streams',
    FAIRNESS,
    `*Late*: the story is over, the API shows how it ended, and all its events are delivered again to a fresh set-up in a seeded disorder. *Live*: deliveries as they happen, with mishaps; *wrong at the end* is what is still wrong once the story is over and all is in.${notLive === 0 ? '' : ` (${notLive} stories about the mail itself are not played live.)`}`,
    finalTable(judged),
    'Customers’ time while a story is played: *paid but blocked* as a share of the time in which something was due, *unpaid but active* of the time in which nothing was. First counted only while every event emitted so far had been delivered, so that nobody is blamed for the mail; then in all, with deliveries minutes or hours late.',
    timeTable(judged),
    '### Everyone on the catalog’s exact terms',
    finalTable(exact),
    timeTable(exact),
    '### Set-ups',
    results.contestants
      .map(({ name, setUp }) => `- **${name}** (${storiesOf(name)}): ${setUp}`)
      .join('\n'),
  ]
}

/** What was done so that a figure of a peer's is its own doing, and none of our set-up's. */
const FAIRNESS = [
  '- **Terms.** Proviso is held to the catalog’s exact terms, seats included. The others have no such terms to set, so an answer of theirs passes if it is right on *any* of three (the catalog’s; paid time alone, with no grace; a month of patience, refunds and disputes let go), and seats are not asked for. The last tables hold everyone to the catalog’s terms.',
  '- **Offers.** Nobody is judged by what it does not offer. `sync-engine` without options and `better-auth` sell subscriptions only: of a story with purchases, the features that those give are left out, and a story that sells nothing else is not for them. Nor are Stripe’s Entitlements asked of any of the others.',
  '- **API versions.** Late mail comes to Proviso in payloads from before and after API version 2025-03-31 mixed, to the others in the current version alone.',
  '- **Time.** A sandbox’s clock stands still between two calls where Stripe’s goes on. `@stripe/sync-engine` stamps its rows with the second of an event, or with the machine’s time after a read, and drops what is stamped no later. Here its stamps follow the story’s time and the true order within a second: with its own, reads would be dated by the day of this run, and in the 23 stories we tried both ways no figure of its was better with them.',
  '- The rest is in `bench/peers/README.md`.',
].join('\n')

function finalTable(figures: ReturnType<typeof figuresOf>): string {
  return table(
    [
      '',
      'late: wrong final',
      'live: wrong at the end',
      'reads per event, live: median',
      'mean',
      'late: mean',
    ],
    figures.map((of) => [
      of.name,
      share(of.lateRuns),
      share(of.liveEnd),
      of.liveReads.events === 0 ? 'n/a' : of.liveReads.median.toFixed(2),
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
