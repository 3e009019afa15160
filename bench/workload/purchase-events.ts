import type { StripeEvent } from '../../test/support/stripe/index.ts'
import type { EventAt, WorkloadSpec } from './bench-event.ts'
import { buy } from './buyer.ts'
import { compileTemplate } from './template.ts'

/** Purchases under way at once: their events arrive in turn, as those of a busy shop do. */
const AT_ONCE = 16

const WORDS = ['PREFIXWORD'] as const

/** New customers buy a subscription by card at Checkout: every event of each purchase, in order. */
export function purchaseEvents(spec: WorkloadSpec): EventAt {
  const steps = tell(spec.start)
  return (index) => {
    const { purchase, step } = place(spec.from + index, steps.length)
    const { id, type, created, body } = steps[step] as (typeof steps)[number]
    // Ten characters, as the word: the size stays.
    const prefix = `p${spec.tag}${String(purchase).padStart(9 - spec.tag.length, '0')}`
    return {
      id: id.replace(WORDS[0], prefix),
      type,
      created,
      body: Buffer.from(body({ PREFIXWORD: prefix })),
    }
  }
}

/** Purchases complete among the first `count` events. */
export function completePurchases(count: number, eventsEach: number): number {
  const perBlock = AT_ONCE * eventsEach
  const left = count % perBlock
  return Math.floor(count / perBlock) * AT_ONCE + Math.max(0, left - (perBlock - AT_ONCE))
}

function place(number: number, eventsEach: number): { purchase: number; step: number } {
  const perBlock = AT_ONCE * eventsEach
  const inBlock = number % perBlock
  return {
    purchase: Math.floor(number / perBlock) * AT_ONCE + (inBlock % AT_ONCE),
    step: Math.floor(inBlock / AT_ONCE),
  }
}

function tell(start: number) {
  const events = buy(WORDS[0], start).account.bodies as StripeEvent[]
  return events.map((event) => ({
    id: event.id,
    type: event.type,
    created: event.created,
    body: compileTemplate(JSON.stringify(event, null, 2), WORDS),
  }))
}
