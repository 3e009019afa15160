import { randomUUID } from 'node:crypto'
import type { Grant } from '../../core/decision.ts'
import { usableAt, type Burn } from '../../core/usage/ledger.ts'
import type { Database, Queryable } from '../../store/database.ts'
import { readLedgers, type LedgerKey } from '../../store/statements/usage-ledgers.ts'
import {
  assignReports,
  lockOpenReports,
  pickUnreported,
  writeGathered,
  type UnreportedUsage,
} from '../../store/statements/usage-report-gather.ts'
import { ledgerKey, standingsOf, type StandingSource } from './load-standings.ts'
import {
  groupUsage,
  segmentKey,
  segmentOf,
  type OpenReport,
  type ReportableUsage,
} from './report-groups.ts'
import type { Standing } from './standing.ts'

export interface GatherOptions {
  livemode: boolean
  /** Rows in one transaction. */
  limit: number
  /** What was recorded just now waits, so that the usage of some seconds shares a report. */
  olderThanSeconds: number
  source: Pick<StandingSource, 'catalog' | 'readHold'>
  /** Unix seconds. */
  now: number
}

/** Puts usage into reports, so that every unit is in exactly one; answers how many rows. */
export function gatherUsage(database: Database, options: GatherOptions): Promise<number> {
  return database.transaction(async (tx) => {
    const picked = await pickUnreported(tx, options)
    if (picked.length === 0) return 0
    const rows = await withPeriods(tx, picked, options)
    const segments = new Map(
      rows.map((row) => {
        const segment = segmentOf(row)
        return [segmentKey(row, segment), { ...row, segment }]
      }),
    )
    const open = new Map<string, OpenReport>()
    for (const report of await lockOpenReports(tx, [...segments.values()])) {
      open.set(segmentKey(report, Number(report.segment_start)), {
        identifier: report.identifier,
        quantity: Number(report.quantity),
      })
    }
    const groups = groupUsage(rows, open, newIdentifier)
    await writeGathered(tx, groups)
    await assignReports(
      tx,
      options.livemode,
      groups.flatMap(({ identifier, members }) =>
        members.map((seq) => ({ seq, report: identifier })),
      ),
    )
    return picked.length
  })
}

/** Periods the usage was counted in, and those the verdict knows by now. */
async function withPeriods(
  tx: Queryable,
  picked: readonly UnreportedUsage[],
  { source, now }: Pick<GatherOptions, 'source' | 'now'>,
): Promise<ReportableUsage[]> {
  const keys = new Map<string, LedgerKey>(picked.map((row) => [ledgerKey(row), row]))
  const known = new Map<string, number[]>()
  const ledgers = await readLedgers(tx, [...keys.values()])
  const standings = await standingsOf(tx, source, ledgers, now)
  const standingOf = new Map(standings.map((standing) => [ledgerKey(standing), standing]))
  for (const row of ledgers) {
    const grants = (row.grants ?? []) as Grant[]
    const ends = grants.flatMap(({ usage }) => [usage?.periodStart, usage?.periodEnd])
    known.set(
      ledgerKey(row),
      ends.filter((second) => typeof second === 'number'),
    )
  }
  return picked.map((row) => {
    const counted = startsOf(row, standingOf.get(ledgerKey(row)))
    return {
      ...row,
      at: billedAt(Number(row.at), counted),
      quantity: Number(row.quantity),
      starts: [...(known.get(ledgerKey(row)) ?? []), ...counted],
    }
  })
}

/**
 * Clocks differ: what was used a moment before the first period began counts in that, and is billed
 * in it, where by its own second no invoice would have it.
 */
function billedAt(at: number, starts: readonly number[]): number {
  const first = Math.min(...starts)
  return first !== Infinity && first > at ? first : at
}

/** Of the periods it was counted in. What was tracked counts in those that its second lies in. */
function startsOf({ at, burned }: UnreportedUsage, standing: Standing | undefined): number[] {
  const counted =
    burned === null
      ? standing === undefined
        ? []
        : usableAt(standing.ledger, Number(at)).map(({ id }) => id)
      : (burned as Burn[]).map(({ allowance }) => allowance)
  return counted.flatMap((allowance) => {
    const start = /@(\d+)$/.exec(allowance)?.[1]
    return start === undefined ? [] : Number(start)
  })
}

/** Stripe takes up to 100 characters, and ours are no one else's. */
function newIdentifier(): string {
  return `proviso_${randomUUID().replaceAll('-', '')}`
}
