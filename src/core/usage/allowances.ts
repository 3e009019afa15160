import { addPeriods, earlierPeriods } from './periods.ts'
import { monthOf } from './month.ts'
import { AHEAD_SECONDS, LATE_SECONDS, type Allowance } from './ledger.ts'
import { ALLOWED_STATES, type Grant, type GrantUsage } from '../decision.ts'
import type { FeatureDefinition } from '../catalog.ts'
import type { Period } from '../billing-periods.ts'
import { HOUR } from '../calendar.ts'

/**
 * What the verdict gives of one feature at a second: the allowances that are under way, those that
 * usage may still come late for, and those that were taken back. Nothing is spent of them.
 * @param grants of this feature, allowed or not
 */
export function allowancesAt(
  feature: FeatureDefinition,
  grants: readonly Grant[],
  now: number,
): Allowance[] {
  const given = grants.flatMap(({ usage, ...grant }) => {
    if (usage === null) return []
    const spell = spellOf({ ...grant, usage }, usage, now)
    if (feature.type === 'metered')
      return usage.periodStart === null ? monthly(spell) : limits(spell)
    if (feature.type !== 'credits') return []
    if (usage.periodStart !== null) return credits(spell)
    // What a subscription gives anew is not given for good because its period is not known yet.
    return grant.kind === 'subscription' ? [] : [once(spell)]
  })
  const ids = [...new Set(given.map(({ id }) => id))].sort()
  return ids.map((id) => together(given.filter((allowance) => allowance.id === id)))
}

/**
 * The second it is for the sources of a feature: a customer on a Stripe test clock lives on that
 * (row 96), and so does what is used.
 */
export function secondOf(grants: readonly Grant[], now: number): number {
  const frozen = grants.flatMap(({ usage }) => usage?.frozenAt ?? [])
  return frozen.length === 0 ? now : Math.max(...frozen)
}

/** A grant at one second of its own clock. */
interface Spell {
  usage: GrantUsage
  amount: number | null
  isAllowed: boolean
  /** What was never paid for or was taken back, as against what has merely ended. */
  isRefused: boolean
  /** Second from which it is no longer allowed unless something is learnt; Infinity: open. */
  until: number
  now: number
  kind: Allowance['kind']
}

function spellOf({ state, until, value }: Grant, usage: GrantUsage, now: number): Spell {
  const second = usage.frozenAt ?? now
  const isAllowed = ALLOWED_STATES.has(state) && (until === null || second < until)
  return {
    usage,
    amount: typeof value === 'number' ? Math.min(value, Number.MAX_SAFE_INTEGER) : null,
    isAllowed,
    isRefused: usage.givenAt === null || ['pending', 'suspended', 'none'].includes(state),
    until: isAllowed ? (until ?? Infinity) : -Infinity,
    now: second,
    kind: 'limit',
  }
}

/** A purchase has no billing period of its own: its limit is one for each calendar month. */
function monthly(spell: Spell): Allowance[] {
  const { isAllowed, isRefused, now, until, usage } = spell
  const from = usage.givenAt ?? -Infinity
  if (!isAllowed && (isRefused || usage.endsAt === null || usage.endsAt > now)) {
    return [taken(spell, monthOf(now))]
  }
  const end = isAllowed ? until : (usage.endsAt ?? now)
  return monthsFrom(now - LATE_SECONDS, now + AHEAD_SECONDS)
    .filter((month) => month.to > from && month.from < end)
    .map((month) => ({
      ...allowance(spell, month, Math.min(month.to, end)),
      from: Math.max(month.from, from),
    }))
}

/** A limit is given anew in each billing period, also in one that Stripe has not told of yet. */
function limits(spell: Spell): Allowance[] {
  const { usage, now } = spell
  const given = addPeriods(usage, spell)
  if (!spell.isAllowed) return given.map((period) => taken(spell, period))
  const earlier = earlierPeriods(usage, now)
  return [...earlier, ...given].map((period) => allowance(spell, period, period.to))
}

/** Credits of a subscription are given anew in each period; what was paid for is not undone by what is not. */
function credits(spell: Spell): Allowance[] {
  const { isAllowed, now, usage } = spell
  const periods = addPeriods(usage, spell).map((period) =>
    isAllowed ? given(spell, period) : taken({ ...spell, kind: 'credits' }, period),
  )
  const paid = usage.paid
    .filter(({ from }) => from <= now + AHEAD_SECONDS)
    .filter(({ from }) => !periods.some((period) => Math.abs(period.from - from) <= HOUR))
    .map(({ amount, isTaken, ...period }) => ({
      ...given({ ...spell, amount }, period),
      isVoid: isTaken,
    }))
  return [...paid, ...periods]
}

function given(spell: Spell, period: Period): Allowance {
  const { expiresAfter } = spell.usage
  const until = expiresAfter === null ? period.to : period.from + expiresAfter
  return allowance({ ...spell, kind: 'credits' }, period, until)
}

/** Credits of a purchase are given once, and named by it: a second word of it gives nothing more. */
function once({ amount, isAllowed, isRefused, until, usage }: Spell): Allowance {
  const { endsAt, expiresAfter, givenAt, group } = usage
  const end = isAllowed && until !== Infinity ? until : endsAt
  return {
    ...NOTHING_SPENT,
    id: group,
    kind: 'credits',
    source: group,
    from: givenAt ?? 0,
    until: expiresAfter === null || givenAt === null ? end : givenAt + expiresAfter,
    periodEnd: null,
    amount: amount ?? 0,
    isVoid: isRefused,
  }
}

const NOTHING_SPENT = { spent: 0, over: 0, overage: 'block', isVoid: false, clawbacks: [] } as const

function allowance({ amount, kind, usage }: Spell, period: Period, until: number): Allowance {
  return {
    ...NOTHING_SPENT,
    id: `${laneOf(usage)}@${period.from}`,
    kind,
    source: usage.group,
    from: period.from,
    until,
    periodEnd: period.to,
    amount: kind === 'credits' ? (amount ?? 0) : amount,
    overage: usage.overage,
  }
}

function taken(spell: Spell, period: Period): Allowance {
  return { ...allowance(spell, period, period.to), isVoid: true }
}

/**
 * One subscription may bill some items by the month and others by the year, and their periods begin
 * at the same second: only those of one interval are the same period.
 */
function laneOf({ group, interval, intervalCount, periodStart }: GrantUsage): string {
  const isUsual = periodStart === null || interval === null || interval === 'month'
  return isUsual && intervalCount === 1 ? group : `${group}/${intervalCount}${interval ?? ''}`
}

/** Items of one subscription give one allowance together; what is not allowed adds nothing. */
function together(parts: readonly Allowance[]): Allowance {
  const allowed = parts.filter(({ isVoid }) => !isVoid)
  const counted = allowed.length > 0 ? allowed : parts
  const [first, ...others] = counted
  if (first === undefined) throw new RangeError('an allowance has at least one part')
  return others.reduce<Allowance>(
    (sum, part) => ({
      ...sum,
      from: Math.min(sum.from, part.from),
      until: latest(sum.until, part.until),
      periodEnd: latest(sum.periodEnd, part.periodEnd),
      amount: added(sum.amount, part.amount),
      overage: sum.overage === 'bill' ? 'bill' : part.overage,
    }),
    first,
  )
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b)
}

function added(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.min(a + b, Number.MAX_SAFE_INTEGER)
}

function monthsFrom(first: number, last: number): Period[] {
  const months = [monthOf(first)]
  while ((months.at(-1)?.to ?? Infinity) <= last) months.push(monthOf(first, months.length))
  return months
}
