import type { Allowance } from '../core/usage/ledger.ts'
import type { HistoryEntry } from '../core/usage/history.ts'
import type { CustomerUsage, UsageStanding } from '../engine/usage/usage-contract.ts'
import { moment } from './moment.ts'
import type { Palette } from './palette.ts'

/** Lines of a history that are shown; programs get all of them. */
const SHOWN_LINES = 20

/** How much is used and left, what gives it, and of credits how the balance came about. */
export function usageText(usage: CustomerUsage, paint: Palette): string[] {
  const { allowances, asOf, customer, feature, history, holds, over, type } = usage
  const mark = usage.allowed ? paint.good('✓') : paint.bad('✗')
  const current = allowances.filter((one) => isCurrent(one, asOf))
  const shown = history.slice(-SHOWN_LINES)
  const left = history.length - shown.length
  return [
    `${mark} ${paint.bold(customer)} ${feature}  ${standingText(usage, type)}`,
    ...(over > 0 ? [paint.warn(`  ${units(over)} beyond what is included`)] : []),
    ...current.map((one) => `  ${allowanceText(one, paint)}`),
    ...holds.map(
      ({ id, quantity, expiresAt }) =>
        `  ${units(quantity)} set aside by ${id} until ${moment(expiresAt)}`,
    ),
    ...(left > 0 ? [paint.dim(`  … ${left} earlier lines; --json has them`)] : []),
    ...shown.map((entry) => `  ${entryText(entry, paint)}`),
  ]
}

/** e.g. `120 of 1,000 used, 880 left, resets 2026-12-01 00:00:00 UTC`. */
export function standingText(
  { used, limit, remaining, resetsAt }: UsageStanding,
  type: CustomerUsage['type'] = 'metered',
): string {
  const of = limit === null ? 'without limit' : `of ${units(limit)}`
  const left = remaining === null ? '' : `, ${units(remaining)} left`
  const word = type === 'credits' ? 'some expire' : 'resets'
  const end = resetsAt === null ? '' : `, ${word} ${moment(resetsAt)}`
  return `${units(used)} ${of} used${left}${end}`
}

function isCurrent({ from, kind, until }: Allowance, at: number): boolean {
  return kind !== 'stray' && from <= at && (until === null || at < until)
}

function allowanceText({ amount, id, isVoid, spent, until }: Allowance, paint: Palette): string {
  const given = amount === null ? 'without limit' : `of ${units(amount)}`
  const taken = isVoid ? paint.bad(' taken back') : ''
  const end = until === null ? '' : ` until ${moment(until)}`
  return `${paint.dim(id)}  ${units(spent)} ${given}${end}${taken}`
}

function entryText({ allowance, at, quantity, type, usage }: HistoryEntry, paint: Palette): string {
  const sign = quantity < 0 ? '−' : '+'
  const by = usage ?? allowance
  const amount = `${sign}${units(Math.abs(quantity))}`.padStart(10)
  return `${moment(at)}  ${amount}  ${type.replaceAll('_', ' ')} ${paint.dim(by)}`
}

export function units(count: number): string {
  return count.toLocaleString('en-US')
}
