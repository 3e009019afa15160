import type { Reason } from '../../core/decision.ts'
import type { UsageKind } from '../../store/statements/usage.ts'
import { shownUsage, type Standing } from './standing.ts'
import type {
  ConsumeAnswer,
  FinaliseAnswer,
  ReleaseAnswer,
  ReserveAnswer,
} from './usage-contract.ts'

/** What is on record of one use, or is about to be. */
export interface Recorded {
  kind: UsageKind
  id: string
  quantity: number
  over: number
  at: number
  isRefused: boolean
  /** Reservations only. */
  expiresAt: number | null
  /** The end of a reservation only: what had been set aside. */
  reserved: number
}

export type Answer = ConsumeAnswer | ReserveAnswer | FinaliseAnswer | ReleaseAnswer

export function answerOf(standing: Standing, recorded: Recorded, isNew: boolean): Answer {
  const { id, quantity, at, over, reserved } = recorded
  const { customer, feature, now } = standing
  const what = { id, customer, feature, at, isNew, asOf: now, usage: shownUsage(standing, at) }
  switch (recorded.kind) {
    case 'track':
    case 'consume':
      return { ...what, quantity, over, ...decisionOf(standing, recorded) }
    case 'reserve':
      return {
        ...what,
        quantity,
        over,
        ...decisionOf(standing, recorded),
        expiresAt: recorded.expiresAt ?? now,
      }
    case 'finalise':
      return { ...what, quantity, over, reserved }
    case 'release':
      return { ...what, reserved }
  }
}

function decisionOf(standing: Standing, { isRefused, quantity, at }: Recorded) {
  return {
    allowed: !isRefused,
    reason: isRefused ? refusal(standing, quantity, at) : null,
  }
}

/** Why so much cannot be taken. */
export function refusal(standing: Standing, quantity: number, at: number): Reason {
  const { customer, feature, type, isAllowed } = standing
  const { used, limit, remaining } = shownUsage(standing, at)
  const left = `${remaining ?? 'no limit'} of ${limit ?? 'no limit'} left, ${used} used, ${quantity} asked for`
  const because = (code: string, message: string): Reason => ({
    code,
    message,
    events: [],
    objects: [],
  })
  if (type === 'credits') {
    return because('credits_used_up', `${customer} has too few credits of ${feature}: ${left}.`)
  }
  return isAllowed
    ? because('limit_reached', `The limit of ${feature} is reached: ${left}.`)
    : because('no_access', `Nothing gives ${customer} the feature ${feature} at present.`)
}
