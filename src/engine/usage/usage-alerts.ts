import type { Reason } from '../../core/decision.ts'
import { usableAt } from '../../core/usage/ledger.ts'
import { usageOf, type Standing } from './standing.ts'

/** Which alerts of a ledger were sent; kept beside it. */
export interface AlertMemory {
  /** The period and limit, or the latest grant of credits, that they were sent for. */
  readonly key: string
  /** Credits only: the balance when the latest grant was first seen. */
  readonly total: number
  readonly sent: readonly string[]
}

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
 * of anew. Of credits it keeps what there was when they came.
 */
export function currentMemory(standing: Standing): AlertMemory {
  const stored = memoryOf(standing.alerts)
  const key = standing.type === 'credits' ? latestGrant(standing) : periodOf(standing)
  if (stored.key === key) return stored
  return { key, total: usageOf(standing, standing.now).remaining ?? 0, sent: [] }
}

/** What is to be told of a ledger as it stands now, and was not told yet. */
export function dueAlerts(standing: Standing, memory: AlertMemory): Reason[] {
  const { customer, feature, now, type } = standing
  const { used, limit, remaining } = usageOf(standing, now)
  if (limit === null || remaining === null) return []
  const found = { used, limit, remaining, total: memory.total }
  return (type === 'credits' ? OF_CREDITS : OF_LIMITS)
    .filter(({ code, isDue }) => !memory.sent.includes(code) && isDue(found))
    .map(({ code, message }) => ({
      code,
      message: `${message(customer, feature)}: ${used} of ${limit}, ${remaining} left.`,
      events: [],
      objects: [],
    }))
}

export function remembering(memory: AlertMemory, told: readonly Reason[]): AlertMemory {
  return { ...memory, sent: [...memory.sent, ...told.map(({ code }) => code)] }
}

function memoryOf(stored: unknown): AlertMemory {
  const { key, total, sent } = (stored ?? {}) as Partial<AlertMemory>
  return { key: key ?? '', total: total ?? 0, sent: sent ?? [] }
}

function periodOf(standing: Standing): string {
  const { limit, resetsAt } = usageOf(standing, standing.now)
  return `${resetsAt ?? 'for good'} ${limit ?? 'without limit'}`
}

/** Credits are of no period: what begins anew is the count since the latest of them came. */
function latestGrant({ ledger, now }: Standing): string {
  return usableAt(ledger, now)
    .filter(({ kind }) => kind === 'credits')
    .reduce((latest, { from, id }) => {
      const name = `${String(from).padStart(12, '0')} ${id}`
      return name > latest ? name : latest
    }, '')
}
