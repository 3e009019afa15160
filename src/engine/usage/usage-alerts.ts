import type { Reason } from '../../core/decision.ts'
import { usableAt } from '../../core/usage/ledger.ts'
import { usageOf, type Standing } from './standing.ts'

/** What was told of one period and limit, or since the latest grant of credits came. */
interface Told {
  /** Credits only: the balance when the latest grant was first seen. */
  readonly total: number
  /** Unix second at which the period is over; null: it has no end. */
  readonly until: number | null
  /** Codes of the alerts. */
  readonly sent: readonly string[]
}

/** Which alerts of a ledger were sent; kept beside it. */
export interface AlertMemory {
  /** The period and limit, or the latest grant of credits, that is judged now. */
  readonly key: string
  readonly told: Told
  /** What was told of others, by their keys: a limit that was left may come back in its period. */
  readonly others: Readonly<Record<string, Told>>
}

/** Keys that are remembered at most: what nothing ends must not pile up. */
const MOST_KEYS = 20
const OF_GRANT = 'credits '
const OF_PERIOD = 'period '

interface Alert {
  code: string
  isDue: (found: { used: number; limit: number; remaining: number; total: number }) => boolean
  message: (customer: string, feature: string) => string
}

const OF_LIMITS: readonly Alert[] = [
  {
    code: 'usage_80',
    isDue: ({ used, limit }) => limit > 0 && used >= limit * 0.8,
    message: (customer, feature) => `${customer} has used 80 % of what is included of ${feature}`,
  },
  {
    code: 'usage_100',
    isDue: ({ used, limit }) => limit > 0 && used >= limit,
    message: (customer, feature) => `${customer} has used all that is included of ${feature}`,
  },
]

const OF_CREDITS: readonly Alert[] = [
  {
    code: 'credits_low',
    isDue: ({ remaining, total }) => total > 0 && remaining < total * 0.2,
    message: (customer, feature) => `${customer} has less than 20 % left of the ${feature} credits`,
  },
  {
    code: 'credits_zero',
    isDue: ({ remaining, total }) => total > 0 && remaining === 0,
    message: (customer, feature) => `${customer} has no ${feature} credits left`,
  },
]

/**
 * The memory to judge by before anything is used: a new period, another limit or new credits are told
 * of anew, one that comes back is not. Of credits it keeps what there was when they came.
 */
export function currentMemory(standing: Standing): AlertMemory {
  const stored = storedOf(standing.alerts)
  const isCredits = standing.type === 'credits'
  const { key, fresh } = isCredits ? latestGrant(standing, stored) : currentPeriod(standing)
  const others = Object.entries(stored).filter(
    ([other, { sent, until }]) =>
      other !== key &&
      sent.length > 0 &&
      (until === null || until > standing.now) &&
      // An older grant of credits is never judged again.
      !(isCredits && other.startsWith(OF_GRANT)),
  )
  return {
    key,
    told: stored[key] ?? fresh,
    others: Object.fromEntries(others.slice(1 - MOST_KEYS)),
  }
}

/** What is to be told of a ledger as it stands now, and was not told yet. */
export function dueAlerts(standing: Standing, memory: AlertMemory): Reason[] {
  const { customer, feature, now, type } = standing
  const { used, limit, remaining } = usageOf(standing, now)
  if (limit === null || remaining === null) return []
  const found = { used, limit, remaining, total: memory.told.total }
  return (type === 'credits' ? OF_CREDITS : OF_LIMITS)
    .filter(({ code, isDue }) => !memory.told.sent.includes(code) && isDue(found))
    .map(({ code, message }) => ({
      code,
      message: `${message(customer, feature)}: ${used} of ${limit}, ${remaining} left.`,
      events: [],
      objects: [],
    }))
}

export function remembering(memory: AlertMemory, reasons: readonly Reason[]): AlertMemory {
  const sent = [...memory.told.sent, ...reasons.map(({ code }) => code)]
  return { ...memory, told: { ...memory.told, sent } }
}

/** As it is stored: what was judged last comes last, so that the oldest is forgotten first. */
export function memoryText({ key, told, others }: AlertMemory): string {
  return JSON.stringify({ ...others, [key]: told })
}

/** What is stored in another shape says nothing. */
function storedOf(stored: unknown): Record<string, Told> {
  return Object.fromEntries(
    Object.entries(stored ?? {}).filter((entry): entry is [string, Told] => isTold(entry[1])),
  )
}

function isTold(value: unknown): boolean {
  const { total, sent } = (value ?? {}) as Partial<Told>
  return typeof total === 'number' && Array.isArray(sent)
}

interface Judged {
  key: string
  /** What is remembered where nothing was told yet. */
  fresh: Told
}

function currentPeriod(standing: Standing): Judged {
  const { limit, resetsAt } = usageOf(standing, standing.now)
  return {
    key: `${OF_PERIOD}${resetsAt ?? 'for good'} ${limit ?? 'without limit'}`,
    fresh: { total: 0, until: resetsAt, sent: [] },
  }
}

/**
 * Credits are of no period: what begins anew is the count since the latest of them came. That one
 * stays the latest after it has expired or was taken back.
 */
function latestGrant(standing: Standing, stored: Readonly<Record<string, Told>>): Judged {
  const { ledger, now } = standing
  const given = usableAt(ledger, now)
    .filter(({ kind }) => kind === 'credits')
    .map(({ from, id }) => `${OF_GRANT}${String(from).padStart(12, '0')} ${id}`)
  const known = Object.keys(stored).filter((key) => key.startsWith(OF_GRANT))
  const key = [...known, ...given].reduce((latest, one) => (one > latest ? one : latest), OF_GRANT)
  const total = usageOf(standing, now).remaining ?? 0
  return { key, fresh: { total, until: null, sent: [] } }
}
