import { DAY, type StripeEvent } from '../../test/support/stripe/index.ts'
import type { EventAt, WorkloadSpec } from './bench-event.ts'
import { buy, buyerPrefix } from './buyer.ts'
import { compileTemplate } from './template.ts'

/** Bytes of a real event of this type whose subscription has one item. */
const BODY_BYTES = 4300
/** Seconds between two changes of one subscription. */
const STEP = 3600

const WORDS = ['PREFIXWORD', 'EVENTWORD', '1777777777', '1888888888'] as const
const [PREFIX, EVENT, EARLIER, NOW] = WORDS

/**
 * Customers who have paid schedule the end of their subscription and undo it, each in turn: every
 * event is a `customer.subscription.updated` of 4.3 KB that changes the verdict of a customer.
 */
export function updateEvents(spec: WorkloadSpec): EventAt {
  const { customers, stride = 1, renewals = 0 } = spec
  const { templates, boughtAt } = tell(spec.start, renewals)
  const type = 'customer.subscription.updated'
  return (index) => {
    const number = spec.from + index
    const round = Math.floor(number / customers)
    const created = boughtAt + DAY + round * STEP
    const id = idOf(spec.tag, number)
    const template = templates[round % 2 === 0 ? 'cancel' : 'undo']
    const text = template({
      [PREFIX]: buyerPrefix((number % customers) * stride),
      [EVENT]: id,
      [EARLIER]: String(created - STEP),
      [NOW]: String(created),
    } as Record<(typeof WORDS)[number], string>)
    return { id, type, created, body: Buffer.from(text) }
  }
}

function idOf(tag: string, number: number): string {
  return `evt_u${tag}${String(number).padStart(8, '0')}`
}

function tell(start: number, renewals: number) {
  const { account, signup } = buy(PREFIX, start, renewals)
  const boughtAt = account.now
  const { subscription } = signup
  const periodEnd = subscription.periodEnd
  const change = (changes: Parameters<typeof subscription.update>[0]): string => {
    subscription.update(changes, { at: Number(NOW) })
    return print(account.bodies.at(-1) as StripeEvent)
  }
  const cancel = change({
    cancelAtPeriodEnd: true,
    cancelAt: periodEnd,
    canceledAt: Number(NOW),
  })
  // Undoing tells what it was before: canceled at the moment of the event before this one.
  subscription.set({ canceledAt: Number(EARLIER) })
  subscription.emit('customer.subscription.updated')
  const undo = change({ cancelAtPeriodEnd: false, cancelAt: null, canceledAt: null })
  return {
    templates: { cancel: compileTemplate(cancel, WORDS), undo: compileTemplate(undo, WORDS) },
    boughtAt,
  }
}

/** Adds what the builder leaves out of a real subscription, and a description up to the real size. */
function print(event: StripeEvent): string {
  const object = {
    ...event.data.object,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_thresholds: null,
    default_source: null,
    default_tax_rates: [],
    discounts: [],
    invoice_settings: { account_tax_ids: null, issuer: { type: 'self' } },
    payment_settings: {
      payment_method_options: { card: { network: null, request_three_d_secure: 'automatic' } },
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
  }
  const text = (description: string) =>
    JSON.stringify(
      { ...event, id: EVENT, data: { ...event.data, object: { ...object, description } } },
      null,
      2,
    )
  // Measured as it will be sent: the word of an event's id is shorter than the id.
  const idGrowth = idOf('a1', 0).length - EVENT.length
  return text('x'.repeat(Math.max(0, BODY_BYTES - text('').length - idGrowth)))
}
