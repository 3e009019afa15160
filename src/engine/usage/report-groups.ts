import type { GatheredReport } from '../../store/statements/usage-report-gather.ts'
import type { LedgerKey } from '../../store/statements/usage-ledgers.ts'

/** Usage of one customer's feature that is to be reported. */
export interface ReportableUsage extends LedgerKey {
  seq: bigint
  meter: string
  /** Unix seconds. */
  at: number
  quantity: number
  /** Starts of the billing periods it was counted in. */
  starts: readonly number[]
}

/** A report under way that may still grow. */
export interface OpenReport {
  identifier: string
  quantity: number
}

export interface ReportGroup extends GatheredReport {
  members: bigint[]
}

const HOUR = 3600

/** Stripe takes no value of more than 15 digits (stripe-facts §5). */
const MOST_UNITS = 999_999_999_999_999

/**
 * One report per UTC hour, cut where a billing period begins in it: Stripe bills a meter event by its
 * timestamp alone, so the usage of two periods must never share one.
 */
export function segmentOf({ at, starts }: Pick<ReportableUsage, 'at' | 'starts'>): number {
  return starts.filter((start) => start <= at).reduce((a, b) => Math.max(a, b), hourOf(at))
}

export function hourOf(at: number): number {
  return Math.floor(at / HOUR) * HOUR
}

export function segmentKey(usage: LedgerKey & { meter: string }, segment: number): string {
  return JSON.stringify([
    ...[usage.account, usage.livemode, usage.customer, usage.feature, usage.meter, segment],
  ])
}

/** Joins usage into reports, open ones first. */
export function groupUsage(
  rows: readonly ReportableUsage[],
  open: ReadonlyMap<string, OpenReport>,
  newIdentifier: () => string,
): ReportGroup[] {
  const groups = new Map<string, { group: ReportGroup; held: number }>()
  const full: ReportGroup[] = []
  for (const row of rows) {
    const segment = segmentOf(row)
    const key = segmentKey(row, segment)
    const held = groups.get(key)
    if (held !== undefined && held.held + row.quantity <= MOST_UNITS) {
      held.held += row.quantity
      held.group.quantity += row.quantity
      held.group.at = Math.max(held.group.at, row.at)
      held.group.members.push(row.seq)
      continue
    }
    if (held !== undefined) full.push(held.group)
    const known = held === undefined ? open.get(key) : undefined
    const hasRoom = known !== undefined && known.quantity + row.quantity <= MOST_UNITS
    const { account, livemode, customer, feature, meter, at, quantity } = row
    groups.set(key, {
      held: quantity + (hasRoom ? known.quantity : 0),
      group: {
        ...{ account, livemode, customer, feature, meter, segment, at, quantity },
        identifier: hasRoom ? known.identifier : newIdentifier(),
        members: [row.seq],
      },
    })
  }
  return [...full, ...[...groups.values()].map(({ group }) => group)]
}
